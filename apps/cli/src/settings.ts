import type { Command } from 'commander';
import * as z from 'zod';
import type { ConfigEntry } from './config-file.ts';
import { UsageError } from './usage-error.ts';

/** A whole number, given as a number or as text. */
export function wholeNumber({
  min = 1,
  max = Number.MAX_SAFE_INTEGER,
}: { min?: number; max?: number } = {}): z.ZodType<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return numberWhere((value) => Number.isSafeInteger(value) && value >= min && value <= max, `a whole number ${range}`);
}

/** A number from `min` on, up to `max`, or below `below`. */
export function realNumber({
  min = 0,
  max = Number.MAX_VALUE,
  below = Infinity,
}: { min?: number; max?: number; below?: number } = {}): z.ZodType<number> {
  const upper = below === Infinity ? (max === Number.MAX_VALUE ? '' : ` to ${max}`) : ` to below ${below}`;
  return numberWhere(
    (value) => Number.isFinite(value) && value >= min && value <= max && value < below,
    upper === '' ? `a number of at least ${min}` : `a number from ${min}${upper}`,
  );
}

/** Text that is not empty. A number is taken as it was written in a config file. */
export function text(): z.ZodType<string> {
  return z
    .union([z.string(), z.number(), z.boolean()], { error: 'must be a text' })
    .transform(String)
    .refine((value) => value !== '', { error: 'must not be empty' });
}

/** One text or several. */
export function texts(): z.ZodType<readonly string[]> {
  return z.union([z.array(text()).min(1), text().transform((value) => [value])], {
    error: 'must be a text or a list of texts',
  });
}

/** One of a few words. */
export function choice<const Word extends string>(words: readonly Word[]): z.ZodType<Word> {
  return z.custom<Word>((value) => words.some((word) => word === value), {
    error: `must be one of ${words.join(', ')}`,
  });
}

/** A switch: present or not on the command line, true or false in a config file. */
export function toggle(): z.ZodType<boolean> {
  return z.boolean({ error: 'must be true or false' });
}

/** A schema of settings by their names in camel case. */
export type SettingsSchema = z.ZodObject<Record<string, z.ZodType>>;

/** The settings of a command. */
export interface GivenSettings<Settings> {
  readonly settings: Settings;
  /** The names of those that are no defaults. */
  readonly given: ReadonlySet<string>;
}

/**
 * The settings of a command: flags first, then the file named by `--config`, then defaults.
 *
 * @throws {UsageError} `USAGE` naming the flag, or `CONFIG_INVALID` with file, line and column.
 */
export async function readSettings<Schema extends SettingsSchema>(
  command: Command,
  schema: Schema,
): Promise<GivenSettings<z.output<Schema>>> {
  const flags = command.optsWithGlobals<Record<string, unknown>>();
  const { config, entries } = await readConfig(command, flags.config);
  const values: Record<string, unknown> = {};
  for (const [name, entry] of entries) values[toCamelCase(name)] = entry.value;
  Object.assign(values, flags);
  delete values.config;

  const result = schema.safeParse(values);
  if (result.success) return { settings: result.data, given: new Set(Object.keys(values)) };
  const [issue] = result.error.issues;
  const name = String(issue?.path[0] ?? '');
  const flag = command.options.find((option) => option.attributeName() === name);
  const entry = name in flags ? undefined : entries.get(toKebabCase(name));
  const what = issue?.code === 'invalid_type' && !(name in values) ? 'is required' : (issue?.message ?? 'is wrong');
  const got = name in values ? `, got ${JSON.stringify(values[name])}` : '';
  throw new UsageError({
    message: `${entry === undefined ? (flag?.long ?? name) : toKebabCase(name)} ${what}${got}.`,
    hint: `See cloze ${commandPath(command)} --help.`,
    ...(entry === undefined ? {} : { file: config, line: entry.line, column: entry.column }),
  });
}

async function readConfig(
  command: Command,
  config: unknown,
): Promise<{ config: string | undefined; entries: ReadonlyMap<string, ConfigEntry> }> {
  if (typeof config !== 'string') return { config: undefined, entries: new Map() };
  // YAML is only loaded by those who use it.
  const { readConfigFile } = await import('./config-file.ts');
  const known = command.options.map((option) => option.name()).filter((name) => name !== 'config');
  return { config, entries: await readConfigFile(config, known) };
}

function numberWhere(holds: (value: number) => boolean, what: string): z.ZodType<number> {
  return z.preprocess(
    // An empty text is no zero, and neither is true a one.
    (value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value),
    z.custom<number>((value) => typeof value === 'number' && holds(value), { error: `must be ${what}` }),
  );
}

/** `cloze tokenizer train` is called `tokenizer train` here. */
function commandPath(command: Command): string {
  const names: string[] = [];
  for (let current = command; current.parent !== null; current = current.parent) names.unshift(current.name());
  return names.join(' ');
}

function toCamelCase(name: string): string {
  return name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function toKebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
