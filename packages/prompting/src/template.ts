import { ConfigError } from '@cloze/core';
import type { Prompt } from './prompt.ts';

/** The names of the slots in a template that is known to the compiler; of any other text, `string`. */
export type SlotName<Text extends string> = string extends Text ? string : SlotNameIn<WithoutEscapes<Text>>;

type WithoutEscapes<Text extends string> = Text extends `${infer Before}{{${infer After}`
  ? WithoutEscapes<`${Before}${After}`>
  : Text;

type SlotNameIn<
  Text extends string,
  Found extends string = never,
> = Text extends `${string}{${infer Slot}}${infer Rest}` ? SlotNameIn<Rest, Found | Slot> : Found;

/** A value for each slot of a template. More values than slots do no harm, so that a row of data will do. */
export type SlotValues<Slot extends string> = Readonly<Record<Slot, string>>;

/** A text with slots, which take values, and blanks, which a model fills. */
export interface Template<Slot extends string = string> {
  /** In the order of the text, each once. */
  readonly slots: readonly Slot[];
  readonly numBlanks: number;
  /**
   * Puts values into the slots. Values are taken as they are: braces and underscores in them mean nothing.
   *
   * @throws {ConfigError} when a slot has no value.
   */
  fill(values: SlotValues<Slot>): Prompt;
}

/**
 * Reads a template: `{name}` is a slot, `___` (three underscores or more) a blank, `{{` and `}}` are braces.
 *
 * @example
 * const review = template('{text} It was ___.'); // Template<'text'>
 * review.fill({ text: 'I slept well.' }); // { pieces: ['I slept well. It was ', '.'] }
 * @throws {ConfigError} when a brace has no partner, or a slot no name.
 */
export function template<const Text extends string>(text: Text): Template<SlotName<Text>> {
  const parts = partsOf(text);
  // What the type says is what the pattern below finds.
  const slots = [...new Set(parts.flatMap((part) => (part.kind === 'slot' ? [part.name] : [])))] as SlotName<Text>[];
  return {
    slots,
    numBlanks: parts.filter(({ kind }) => kind === 'blank').length,
    fill: (values) => {
      checkValues(slots, values);
      return { pieces: piecesOf(parts, values) };
    },
  };
}

/**
 * Checks that rows of data have a value for each slot, before anything runs.
 *
 * @throws {ConfigError} naming the slot and the first row without it, counted from 1.
 */
export function checkSlots(
  { slots }: Pick<Template, 'slots'>,
  rows: readonly Readonly<Record<string, string | undefined>>[],
): void {
  rows.forEach((row, index) => {
    checkValues(slots, row, `row ${index + 1}`);
  });
}

type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'slot'; readonly name: string }
  | { readonly kind: 'blank' };

/** Escaped braces, slots, blanks, and braces that are none of these. */
const SPECIAL = /\{\{|\}\}|\{([^{}]*)\}|_{3,}|[{}]/g;

function partsOf(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of text.matchAll(SPECIAL)) {
    parts.push({ kind: 'text', text: text.slice(end, match.index) }, specialPart(match[0], match[1], text));
    end = match.index + match[0].length;
  }
  return [...parts, { kind: 'text', text: text.slice(end) }];
}

function specialPart(written: string, slot: string | undefined, text: string): TemplatePart {
  if (written === '{{' || written === '}}') return { kind: 'text', text: written.charAt(0) };
  if (written.startsWith('_')) return { kind: 'blank' };
  if (slot !== undefined && slot !== '') return { kind: 'slot', name: slot };
  throw new ConfigError({
    message: `Slots of a template must be written as {name}, got ${JSON.stringify(written)} in ${JSON.stringify(text)}.`,
    hint: 'Name the slot, or write a brace that is text twice.',
  });
}

function piecesOf(parts: readonly TemplatePart[], values: Readonly<Record<string, string>>): string[] {
  const pieces = [''];
  for (const part of parts) {
    if (part.kind === 'blank') pieces.push('');
    else pieces.push((pieces.pop() ?? '') + (part.kind === 'text' ? part.text : (values[part.name] ?? '')));
  }
  return pieces;
}

function checkValues(
  slots: readonly string[],
  values: Readonly<Record<string, string | undefined>>,
  where?: string,
): void {
  const missing = slots.find((slot) => !Object.hasOwn(values, slot) || values[slot] === undefined);
  if (missing === undefined) return;
  const given = Object.keys(values).join(', ');
  throw new ConfigError({
    message: `The slot {${missing}} of the template must have a value, got none${where === undefined ? '' : ` in ${where}`}.`,
    hint: given === '' ? 'Give it one.' : `Give it one, or use another slot: there are values for ${given}.`,
  });
}
