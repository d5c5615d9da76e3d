import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Frees what is unreachable now. Arrays that moved out of V8's sight are garbage, but nothing tells V8 to hurry: a training step allocates almost
 * nothing on its heap, and a second copy of all parameters and moments would stay for good.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    const found: unknown = runInNewContext('gc');
    collect =
      typeof found === 'function' ? (): void => void Reflect.apply(found, undefined, []) : (): void => undefined;
    setFlagsFromString('--no-expose-gc');
  }
  collect();
}
