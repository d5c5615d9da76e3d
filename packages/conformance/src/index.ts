/**
 * One conformance suite that every model family runs. Development only.
 *
 * @module
 */
export { testAdapterMethods } from './adapter-methods.ts';
export type { AdapterMethodsOptions } from './adapter-methods.ts';
export { ADAPTER_METHODS, testAdapter } from './adapters.ts';
export { testCompiled } from './compiled.ts';
export { loadFixture, withFixture } from './fixture.ts';
export type { FamilyFixture, FixtureModel, LoadedFixture } from './fixture.ts';
export { testModelFamily } from './model-family.ts';
export { testParity } from './parity.ts';
