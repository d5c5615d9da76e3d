import { isJsonObject, parseJson } from '@cloze/core';
import { readText } from '@cloze/datasets';
import { verbalizer, type Verbalizer } from '@cloze/prompting';
import { joined } from '../input-text.ts';
import { UsageError } from '../usage-error.ts';

/**
 * What `--labels` says: `good=great,wonderful bad=terrible`, `yes no` (each word for itself), or a JSON file.
 *
 * @throws {UsageError} when it cannot be read; {ConfigError} when labels or words are missing or occur twice.
 */
export async function readLabels(given: readonly string[]): Promise<Verbalizer> {
  const [only = ''] = given;
  if (given.length === 1 && only.endsWith('.json')) return verbalizer(await wordsInFile(only));
  return verbalizer(
    Object.fromEntries(
      given.map((entry) => {
        const [label = '', words = label] = entry.split(/=(.*)/s);
        return [label, words.split(',')];
      }),
    ),
  );
}

async function wordsInFile(file: string): Promise<Record<string, string[]>> {
  const json = parseJson(await joined(readText(file)), { file });
  const entries = isJsonObject(json) ? Object.entries(json) : [];
  return Object.fromEntries(
    entries.map(([label, words]) => {
      const list: unknown[] = [words].flat();
      if (list.every((word) => typeof word === 'string')) return [label, list];
      throw new UsageError({
        message: `The words of each label must be texts, got ${JSON.stringify(words)} for ${JSON.stringify(label)}.`,
        hint: 'For example: {"positive": ["great", "good"], "negative": "terrible"}.',
        file,
      });
    }),
  );
}
