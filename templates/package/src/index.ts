/**
 * One sentence that says what Nova is.
 *
 * @module
 */
export {};
