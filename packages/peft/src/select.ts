import type { ParameterFilter } from '@cloze/core';

/** Selects the biases, those of normalizations included: BitFit without a head. */
export const biasesOnly: ParameterFilter = (path) => path.endsWith('.bias');

/**
 * Selects what lies below one of the given fields of a model.
 *
 * @example
 * const trainable = below('classifier'); // the head alone
 */
export function below(...fields: readonly string[]): ParameterFilter {
  return (path) => fields.some((field) => path === field || path.startsWith(`${field}.`));
}

/** Selects what any of the filters selects. */
export function anyOf(...filters: readonly ParameterFilter[]): ParameterFilter {
  return (path) => filters.some((filter) => filter(path));
}
