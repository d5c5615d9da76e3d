import * as tf from '@tensorflow/tfjs';
import { jit, type Compiled } from '@cloze/jit';

/** What runs a training step: an engine of `@cloze/jit`, or tfjs itself, eagerly: slow, always there. */
export type TrainingEngine = Parameters<typeof jit>[1]['engine'] | 'tfjs';

/** Compiles a pure function of tensors, or wraps it so that it behaves as if it were compiled: promises out, donated arguments disposed of. */
export function compile<Arguments extends readonly unknown[], Result extends tf.TensorContainer | object>(
  fn: (...args: Arguments) => Result,
  { engine, donate = [] }: { readonly engine: TrainingEngine; readonly donate?: readonly number[] },
): Compiled<Arguments, Result> {
  if (engine !== 'tfjs') return jit(fn, { engine, donate });
  const call = (...args: Arguments): Promise<Result> => {
    const result = tf.tidy(() => fn(...args) as tf.TensorContainer) as Result;
    tf.dispose(args.filter((_, index) => donate.includes(index)) as tf.TensorContainer);
    return Promise.resolve(result);
  };
  return Object.assign(call, { operationsPerCall: () => 0, dispose: () => undefined });
}
