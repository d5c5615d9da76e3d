/**
 * One conformance suite that every model family runs. Development only.
 *
 * @module
 */
export {};
