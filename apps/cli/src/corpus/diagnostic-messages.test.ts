import { describe, expect, it } from 'vitest';
import { diagnosticMessages, LANGUAGES, translatedMessages } from './diagnostic-messages.ts';

describe('diagnosticMessages', () => {
  it('finds the messages of the compiler, each once, by code', async () => {
    const messages = await diagnosticMessages();
    expect(messages.length).toBeGreaterThan(2000);
    expect(messages.find(({ code }) => code === 2322)?.text).toBe("Type '{0}' is not assignable to type '{1}'.");
    expect(messages.map(({ code }) => code)).toEqual(
      [...new Set(messages.map(({ code }) => code))].toSorted((a, b) => a - b),
    );
  });
});

describe('translatedMessages', () => {
  it.each(LANGUAGES)('has nearly all of them in %s', async (language) => {
    const messages = await translatedMessages(language);
    expect(messages.length).toBeGreaterThan(1900);
    const same = messages.filter(({ text, translation }) => text === translation);
    expect(same.length).toBeLessThan(0.1 * messages.length);
  });
});
