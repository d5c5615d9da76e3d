import type { EagerEngine } from './engine.ts';

/** No compilation: tfjs itself, on its active backend. */
export function tfjsEngine(): EagerEngine {
  return { kind: 'eager', name: 'tfjs' };
}
