import { keepResults, type KeptResults } from '../keep-results.ts';
import type { TokenizerMeasurements } from './measure-tokenizers.ts';
import { raceCells } from './report-tokenizers.ts';

/** Keeps the figures of tokenizers. @returns the path of the JSON file. */
export function saveTokenizers(results: KeptResults['results'] & TokenizerMeasurements): Promise<string> {
  return keepResults({ results, suite: 'tokenizers', table: 'tokenizers.md', rows: results.races.map(raceCells) });
}
