import type { HostBuffer } from '../host-memory.ts';
import { loadKoffi } from './koffi.ts';

/** `MADV_HUGEPAGE`. */
const USE_HUGE_PAGES = 14;
const PAGE_BYTES = 4096n;

/** Two huge pages: smaller blocks may hold no whole one. */
const MIN_BYTES = 4 * 1024 * 1024;

type Advise = (address: bigint, bytes: number, advice: number) => unknown;
let advise: Advise | undefined;

/**
 * Asks Linux for pages of 2 MB in a block that nothing was written to yet. Reading weights from front to back is a third faster than with pages of
 * 4 KB, whose addresses have to be looked up 500 times as often. It is a request: where it is refused, all goes on as before.
 */
export function adviseHugePages({ memory, byteLength }: HostBuffer): void {
  if (process.platform !== 'linux' || byteLength < MIN_BYTES) return;
  const koffi = loadKoffi();
  advise ??= koffi.load(null).func('madvise', 'int', ['void *', 'size_t', 'int']);
  const address = koffi.address(new Uint8Array(memory));
  const begin = ((address + PAGE_BYTES - 1n) / PAGE_BYTES) * PAGE_BYTES;
  const end = ((address + BigInt(byteLength)) / PAGE_BYTES) * PAGE_BYTES;
  advise(begin, Number(end - begin), USE_HUGE_PAGES);
}
