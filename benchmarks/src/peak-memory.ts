import { readFileSync } from 'node:fs';

/** The most memory that this process has ever had resident, in bytes. */
export function peakMemory(): number {
  // On Linux, rusage may hand down the parent's peak; the kernel's own record of this address space does not.
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  return parsePeakMemory(status) ?? process.resourceUsage().maxRSS * 1024;
}

/** The field `VmHWM` of `/proc/PID/status` in bytes, if it is there. */
export function parsePeakMemory(status: string): number | undefined {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
