import { keepResults, type KeptResults } from '../keep-results.ts';
import type { GenerationRace } from './measure-generation.ts';
import { generationCells } from './report-generation.ts';

/** Keeps the figures of generation. @returns the path of the JSON file. */
export function saveGeneration(
  results: KeptResults['results'] & { readonly generation: readonly GenerationRace[] },
): Promise<string> {
  return keepResults({
    results,
    suite: 'generation',
    table: 'generation.md',
    rows: results.generation.map(generationCells),
  });
}
