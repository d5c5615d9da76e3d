import { keepResults, type KeptResults } from '../keep-results.ts';
import type { AdapterMeasurement } from './measure-adapters.ts';
import { adapterRows } from './report-adapters.ts';

/** Keeps the figures of adapters. @returns the path of the JSON file. */
export function saveAdapters(
  results: KeptResults['results'] & { readonly adapters: readonly AdapterMeasurement[] },
): Promise<string> {
  return keepResults({ results, suite: 'adapters', table: 'adapters.md', rows: adapterRows(results.adapters) });
}
