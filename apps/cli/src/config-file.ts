import { readFile } from 'node:fs/promises';
import { closest } from '@cloze/core';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import { UsageError } from './usage-error.ts';

/** A setting as it stands in a config file. */
export interface ConfigEntry {
  readonly value: string | number | boolean | readonly (string | number | boolean)[];
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

const MAX_BYTES = 1_000_000;

/**
 * Reads settings from a YAML file (JSON is YAML): a mapping from flag names without dashes to values or lists of values.
 *
 * @param known the names that the command understands, as `learning-rate`.
 * @returns the settings by name.
 * @throws {UsageError} `CONFIG_INVALID` with file, line and column.
 */
export async function readConfigFile(file: string, known: readonly string[]): Promise<Map<string, ConfigEntry>> {
  const text = await readText(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const fail = (offset: number, message: string, hint: string): UsageError => {
    const { line, col } = lines.linePos(offset);
    return new UsageError({ file, line: Math.max(1, line), column: Math.max(1, col), message, hint });
  };

  const [problem] = document.errors;
  if (problem !== undefined) throw fail(problem.pos[0], sentence(problem.message), 'Correct the YAML there.');
  const settings = new Map<string, ConfigEntry>();
  if (document.contents === null) return settings;
  if (!isMap(document.contents)) {
    throw fail(
      start(document.contents),
      'The file must hold settings as "name: value".',
      'Write one setting per line.',
    );
  }
  for (const { key, value } of document.contents.items) {
    if (!isScalar(key) || typeof key.value !== 'string') {
      throw fail(start(key), 'The name of a setting must be a word.', 'Write settings as "name: value".');
    }
    const name = key.value;
    if (!known.includes(name)) {
      const meant = closest(name, known);
      throw fail(
        start(key),
        `There is no setting "${name}".`,
        meant === undefined ? 'Use the names of the flags, without dashes in front.' : `Did you mean "${meant}"?`,
      );
    }
    const { line, col } = lines.linePos(start(value));
    settings.set(name, { value: plainValue(value, () => fail(start(value), ...notPlain(name))), line, column: col });
  }
  return settings;
}

async function readText(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new UsageError({
      file,
      message: `The config file cannot be read (${error instanceof Error ? error.message : String(error)}).`,
      hint: 'Check the path after --config.',
      cause: error,
    });
  }
  if (bytes.length > MAX_BYTES) {
    throw new UsageError({
      file,
      message: `A config file has at most ${MAX_BYTES.toLocaleString('en-US')} bytes, got ${bytes.length.toLocaleString('en-US')}.`,
      hint: 'Name a YAML file with settings.',
    });
  }
  return bytes.toString('utf8');
}

function plainValue(value: unknown, error: () => UsageError): ConfigEntry['value'] {
  if (isScalar(value) && isPlain(value.value)) return value.value;
  if (isSeq(value)) {
    return value.items.map((item) => {
      if (isScalar(item) && isPlain(item.value)) return item.value;
      throw error();
    });
  }
  throw error();
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function notPlain(name: string): [string, string] {
  return [`The setting "${name}" must be a text, a number, true, false, or a list of these.`, 'Write it on one line.'];
}

function start(node: unknown): number {
  return (node as Partial<Node> | null)?.range?.[0] ?? 0;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
