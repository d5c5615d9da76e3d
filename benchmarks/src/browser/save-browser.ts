import { keepResults, type KeptResults } from '../keep-results.ts';
import type { BrowserMeasurement } from './measure-browser.ts';
import { browserCells } from './report-browser.ts';

/** Keeps the figures of training in a browser. @returns the path of the JSON file. */
export function saveBrowser(
  results: KeptResults['results'] & { readonly chromium: string; readonly browser: readonly BrowserMeasurement[] },
): Promise<string> {
  return keepResults({
    results,
    suite: 'browser',
    table: 'browser.md',
    rows: results.browser.map((measurement) => [results.chromium, ...browserCells(measurement)]),
  });
}
