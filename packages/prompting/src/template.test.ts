import { ClozeError } from '@cloze/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { checkSlots, template, type SlotName } from './template.ts';

function caught(run: () => unknown): ClozeError {
  try {
    run();
  } catch (error) {
    if (error instanceof ClozeError) return error;
  }
  throw new Error('no ClozeError was thrown');
}

describe('template', () => {
  it('puts values into slots and leaves blanks to the model', () => {
    const review = template('{text} All in all, it was ___. {text}');
    expect(review.slots).toEqual(['text']);
    expect(review.numBlanks).toBe(1);
    expect(review.fill({ text: 'I slept well.' }).pieces).toEqual([
      'I slept well. All in all, it was ',
      '. I slept well.',
    ]);
  });

  it('takes values as they are', () => {
    expect(template('{a}{b}').fill({ a: '{b} ___', b: '$& {{' }).pieces).toEqual(['{b} ___$& {{']);
  });

  it('keeps braces that are written twice, and fewer than three underscores', () => {
    const json = template('{{"{key}": __, ____}} {{x}} {{{key}}}');
    expect(json.slots).toEqual(['key']);
    expect(json.fill({ key: 'k' }).pieces).toEqual(['{"k": __, ', '} {x} {k}']);
  });

  it('tells the compiler its slots', () => {
    expectTypeOf(template('{a} and {b}: ___')).toHaveProperty('slots').toEqualTypeOf<readonly ('a' | 'b')[]>();
    expectTypeOf<SlotName<'{{x}} {{{key}}}'>>().toEqualTypeOf<'key'>();
    expectTypeOf<SlotName<'no slot'>>().toEqualTypeOf<never>();
    expectTypeOf<SlotName<string>>().toEqualTypeOf<string>();
    // @ts-expect-error A slot without a value does not compile where the template is known.
    expect(() => template('{a} and {b}').fill({ a: '' })).toThrow('The slot {b}');
  });

  it('refuses a slot without value before anything else happens', () => {
    const error = caught(() => template('{text} is ___, {name}'.slice(0)).fill({ text: 'x', label: 'y' }));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toMatchInlineSnapshot(
      `"CONFIG_INVALID: The slot {name} of the template must have a value, got none. Give it one, or use another slot: there are values for text, label."`,
    );
    expect(caught(() => template('{text}'.slice(0)).fill({})).message).toMatchInlineSnapshot(
      `"CONFIG_INVALID: The slot {text} of the template must have a value, got none. Give it one."`,
    );
    // What every object has is no value.
    expect(caught(() => template('{toString}'.slice(0)).fill({})).message).toContain('The slot {toString}');
  });

  it('finds the first row of data that lacks a value', () => {
    const rows = [{ text: 'a', title: 'b' }, { text: 'c' }];
    expect(() => {
      checkSlots(template('{text}'), rows);
    }).not.toThrow();
    expect(
      caught(() => {
        checkSlots(template('{title}: {text}'), rows);
      }).message,
    ).toMatchInlineSnapshot(
      `"CONFIG_INVALID: The slot {title} of the template must have a value, got none in row 2. Give it one, or use another slot: there are values for text."`,
    );
  });

  it('refuses braces that are no slots', () => {
    expect(['{text', 'text}', '{}'].map((text) => caught(() => template(text)).message)).toMatchInlineSnapshot(`
      [
        "CONFIG_INVALID: Slots of a template must be written as {name}, got "{" in "{text". Name the slot, or write a brace that is text twice.",
        "CONFIG_INVALID: Slots of a template must be written as {name}, got "}" in "text}". Name the slot, or write a brace that is text twice.",
        "CONFIG_INVALID: Slots of a template must be written as {name}, got "{}" in "{}". Name the slot, or write a brace that is text twice.",
      ]
    `);
  });
});
