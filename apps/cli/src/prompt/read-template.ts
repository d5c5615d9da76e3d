import { readText } from '@cloze/datasets';
import { template, type Template } from '@cloze/prompting';
import { stat } from 'node:fs/promises';
import { joined } from '../input-text.ts';
import { UsageError } from '../usage-error.ts';
import { withLineBreaks } from './settings.ts';

/**
 * The template that is the text after `--template`, or stands in the file of that name.
 *
 * @param hasBlank whether it must have a blank; otherwise one without gets it at the end.
 * @throws {UsageError} when the text is neither.
 */
export async function readTemplate(given: string, { hasBlank }: { readonly hasBlank: boolean }): Promise<Template> {
  const isFile = await stat(given).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile && !/[{]|___/.test(given)) {
    throw new UsageError({
      message: `--template must be a file, or a text with a slot {name} or a blank ___, got ${JSON.stringify(given)}.`,
      hint: 'Check the path, or write for example "{text} It was ___.".',
    });
  }
  const text = isFile ? (await joined(readText(given))).replace(/\r?\n$/, '') : withLineBreaks(given);
  const read = template(text);
  return read.numBlanks === 0 && !hasBlank ? template(`${text.trimEnd()} ___`) : read;
}
