/**
 * One conformance suite that every model family runs. Development only.
 *
 * @module
 */
export { loadFixture } from './fixture.ts';
export type { FamilyFixture, FixtureModel, LoadedFixture } from './fixture.ts';
export { lossOf } from './losses.ts';
export { testParity } from './parity.ts';
