import { keepResults, type KeptResults } from '../keep-results.ts';
import type { FamilyMeasurement } from './measure-families.ts';
import { familyCells } from './report-families.ts';

/** Keeps the figures of families. @returns the path of the JSON file. */
export function saveFamilies(
  results: KeptResults['results'] & { readonly families: readonly FamilyMeasurement[] },
): Promise<string> {
  return keepResults({ results, suite: 'families', table: 'families.md', rows: results.families.map(familyCells) });
}
