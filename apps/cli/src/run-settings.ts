import { ClozeError } from '@cloze/core';
import type { LoadedCheckpoint } from '@cloze/training';
import type * as z from 'zod';
import type { GivenSettings, SettingsSchema } from './settings.ts';
import { UsageError } from './usage-error.ts';

/** Which settings make up a run, by name. */
export interface RunRules {
  /** What is said anew with each call and belongs to no run. */
  readonly ofTheCall: readonly string[];
  /** What a resumed run may have otherwise than before, besides those. */
  readonly free: readonly string[];
}

/** The settings that make up a run: what a checkpoint keeps. */
export function runSettings(
  settings: object,
  { ofTheCall }: RunRules,
): Record<string, string | number | boolean | string[]> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]: [string, unknown]) => {
      if (value === undefined || ofTheCall.includes(name)) return [];
      return [[name, Array.isArray(value) ? value.map(String) : (value as string | number | boolean)]];
    }),
  );
}

/**
 * The settings of the checkpoint, with those that may change taken from the command line.
 *
 * @throws {UsageError} when a setting is given that a resumed run cannot change.
 */
export function settingsOfRun<Schema extends SettingsSchema>(
  schema: Schema,
  { settings, given }: GivenSettings<z.output<Schema>>,
  { checkpoint, rules }: { readonly checkpoint: LoadedCheckpoint | undefined; readonly rules: RunRules },
): z.output<Schema> {
  if (checkpoint === undefined) return settings;
  const saved = checkpoint.state.settings;
  const [different] = differingSettings(given, { settings, saved, rules });
  if (different !== undefined) {
    throw new UsageError({
      message: `A resumed run keeps its settings: ${different} was ${JSON.stringify(saved[different] ?? null)}, got ${JSON.stringify(settings[different])}.`,
      hint: 'Leave it out, or start a new run in another folder.',
    });
  }
  const free = Object.fromEntries(Object.entries(settings).filter(([name]) => !(name in saved) || given.has(name)));
  const result = schema.safeParse({ ...saved, ...free });
  if (result.success) return result.data;
  throw new ClozeError('CHECKPOINT_CORRUPT', {
    message: 'The settings in the checkpoint must be those of a run; they are not.',
    hint: 'Start a new run in another folder.',
    file: checkpoint.path,
    cause: result.error,
  });
}

/** The names of settings that were given and differ from those of the run. */
function differingSettings(
  given: ReadonlySet<string>,
  {
    settings,
    saved,
    rules: { ofTheCall, free },
  }: {
    readonly settings: Readonly<Record<string, unknown>>;
    readonly saved: Readonly<Record<string, unknown>>;
    readonly rules: RunRules;
  },
): string[] {
  return [...given].filter(
    (name) =>
      !ofTheCall.includes(name) &&
      !free.includes(name) &&
      JSON.stringify(settings[name]) !== JSON.stringify(saved[name]),
  );
}
