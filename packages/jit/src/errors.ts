/** The stable codes of this package's errors. */
export type JitErrorCode =
  /** A kernel without a lowering was called while tracing. */
  | 'JIT_UNSUPPORTED_KERNEL'
  /** The function read values while it was traced. */
  | 'JIT_DATA_DEPENDENT'
  /** An argument or a result is not a nested object of tensors, or does not have the traced structure. */
  | 'JIT_ARGUMENT'
  /** The runtime is missing or refused the graph or the run. */
  | 'JIT_ENGINE'
  /** Used after `dispose`. */
  | 'JIT_DISPOSED';

/**
 * Every error that this package throws on purpose. It has the fields of the project's common error form without importing it, because `jit` is
 * useful to tfjs users who have nothing else of ours: recognise errors by `code`.
 */
export class JitError extends Error {
  override readonly name = 'JitError';
  readonly code: JitErrorCode;
  readonly hint: string;
  readonly exitCode: number;

  constructor(code: JitErrorCode, { message, hint, cause }: { message: string; hint: string; cause?: unknown }) {
    super(`${code}: ${message} ${hint}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
    this.exitCode = 70;
  }
}
