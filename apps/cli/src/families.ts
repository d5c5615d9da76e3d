import { bartFamily } from '@cloze/bart';
import { bertFamily } from '@cloze/bert';
import { elmoFamily } from '@cloze/elmo';
import { glmFamily } from '@cloze/glm';
import { gptFamily } from '@cloze/gpt';
import { anyFamily, type AnyFamily } from '@cloze/hub';
import { t5Family } from '@cloze/t5';
import { UsageError } from './usage-error.ts';

/** All families that model folders are read with. */
export const FAMILIES: readonly AnyFamily[] = [
  anyFamily(elmoFamily),
  anyFamily(bertFamily),
  anyFamily(gptFamily),
  anyFamily(bartFamily),
  anyFamily(t5Family),
  anyFamily(glmFamily),
];

/**
 * A preset of a family.
 *
 * @throws {UsageError} with the list of presets when there is none of that name.
 */
export function presetOf<Config>(
  family: { readonly name: string; readonly presets: Readonly<Record<string, Config>> },
  name: string,
): Config {
  const preset = Object.hasOwn(family.presets, name) ? family.presets[name] : undefined;
  if (preset !== undefined) return preset;
  throw new UsageError({
    message: `--preset must be one of ${Object.keys(family.presets).join(', ')} for the family ${family.name}, got ${JSON.stringify(name)}.`,
    hint: 'Choose one of these; nano is the smallest.',
  });
}
