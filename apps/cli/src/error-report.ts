/** What the command line says of a failure: the fields of `ClozeError`, as JSON on stderr under `--json`. */
export interface ErrorReport {
  /** Stable, for programs. */
  readonly code: string;
  /** The exit status of the process. */
  readonly exitCode: number;
  /** `CODE: where: what must hold, what was got. What to do.` */
  readonly message: string;
  readonly hint?: string;
  readonly file?: string;
  readonly offset?: number;
  readonly jsonPointer?: string;
  readonly line?: number;
  readonly column?: number;
  readonly tensor?: string;
  readonly step?: number;
  readonly expected?: string;
  readonly actual?: string;
}

const DETAILS = [
  'hint',
  'file',
  'offset',
  'jsonPointer',
  'line',
  'column',
  'tensor',
  'step',
  'expected',
  'actual',
] as const;

/** Exit status of what the operating system reports and of what nobody foresaw. */
const EXIT = { io: 4, internal: 70, cancelled: 130 } as const;

/**
 * Describes anything that was thrown.
 *
 * Errors of Cloze are recognised by their fields, since not every package can import the one class; failed system calls become `IO`; everything
 * else is a bug of ours.
 */
export function reportOf(error: unknown): ErrorReport {
  if (isTyped(error)) {
    const details = DETAILS.flatMap((name) => {
      const value = (error as unknown as Record<string, unknown>)[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    return { code: error.code, exitCode: error.exitCode, message: error.message, ...Object.fromEntries(details) };
  }
  if (isSystemError(error)) return systemReport(error);
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'CANCELLED', exitCode: EXIT.cancelled, message: 'CANCELLED: The command was stopped.' };
  }
  const hint = 'This is a bug in Cloze; please report it with this message.';
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'INTERNAL', exitCode: EXIT.internal, message: `INTERNAL: ${what}\n${hint}`, hint };
}

interface TypedError extends Error {
  readonly code: string;
  readonly exitCode: number;
}

function isTyped(error: unknown): error is TypedError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    'exitCode' in error &&
    typeof error.exitCode === 'number'
  );
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    'syscall' in error &&
    typeof error.syscall === 'string'
  );
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'Check the path.',
  EACCES: 'Check the permissions.',
  EPERM: 'Check the permissions.',
  ENOSPC: 'Free some space on that disk and run the command again.',
  EDQUOT: 'Free some of your disk quota and run the command again.',
  EROFS: 'Choose a folder on a disk that can be written.',
  EISDIR: 'Name a file, not a folder.',
  ENOTDIR: 'Name a folder, not a file.',
  EMFILE: 'Raise the limit of open files (ulimit -n).',
};

function systemReport({
  code,
  syscall = 'call',
  path,
  message,
}: NodeJS.ErrnoException & { code: string }): ErrorReport {
  const hint = REMEDIES[code] ?? 'Check the disk and run the command again.';
  const what = path === undefined ? message : `${path}: ${syscall} failed with ${code}.`;
  return {
    code: 'IO',
    exitCode: EXIT.io,
    message: `IO: ${what} ${hint}`,
    hint,
    ...(path === undefined ? {} : { file: path }),
    actual: code,
  };
}
