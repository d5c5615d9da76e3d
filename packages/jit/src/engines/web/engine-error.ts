import { JitError } from '../../errors.ts';

/** What is thrown where onnxruntime-web fails. */
export function engineError(what: string, cause: unknown): JitError {
  return new JitError('JIT_ENGINE', {
    message: `${what}: ${cause instanceof Error ? cause.message : String(cause)}.`,
    hint: 'Check memory and the kernels involved, or use tfjsEngine().',
    cause,
  });
}
