import { JitError } from '../../errors.ts';

/** What stands in the place of `compile.ts` where there is no Node. */
export function compileNatively(): never {
  throw new JitError('JIT_ENGINE', {
    message: 'onnxRuntimeEngine() needs Node; this is a browser.',
    hint: 'Use await webEngine().',
  });
}

export { compileNatively as holdNatively };
