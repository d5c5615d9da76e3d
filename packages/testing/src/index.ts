/**
 * Test matchers and gradient checks for tensors. Imports tfjs and nothing of ours, so that every package can use it.
 *
 * @module
 */
export { parityFolder } from './parity-folder.ts';
