/**
 * Test matchers and gradient checks for tensors. Imports tfjs and nothing of ours, so that every package can use it.
 *
 * Importing it adds `toBeAllClose` and `toHaveShape` to vitest's `expect`.
 *
 * @module
 */
import './matchers.ts';

export { checkGradients } from './finite-differences.ts';
export type { GradientCheckOptions } from './finite-differences.ts';
export { leaksNoTensors } from './leaks-no-tensors.ts';
export type { Tolerance } from './matchers.ts';
export { parityFolder } from './parity-folder.ts';
