import { gptFamily } from '@cloze/gpt';
import { anyFamily, type AnyFamily } from '@cloze/hub';
import { causalLanguageModeling } from '@cloze/objectives';
import { UsageError } from './usage-error.ts';

/** All families that model folders are read with. */
export const FAMILIES: readonly AnyFamily[] = [anyFamily(gptFamily)];

/** What each family is pre-trained with. */
export const PRETRAINING = {
  gpt: { family: gptFamily, task: 'causal-language-modeling', objective: causalLanguageModeling },
} as const;

/** The families that can be pre-trained. */
export type PretrainingFamily = keyof typeof PRETRAINING;

/** Their names. */
export const PRETRAINING_FAMILIES = ['gpt'] as const satisfies readonly PretrainingFamily[];

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
