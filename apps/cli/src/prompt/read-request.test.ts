import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/run-cloze.ts';
import { readRequest } from './read-request.ts';
import { promptSettings } from './settings.ts';

describe('readRequest', () => {
  it('reads template, questions, examples and labels', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'template.txt'), 'Review: {text}\nMood:\n');
    await writeFile(join(folder, 'rows.csv'), 'text,answer\nfine,good\n');
    const settings = { model: 'm', template: join(folder, 'template.txt'), examples: join(folder, 'rows.csv') };
    const written = await readRequest(['nice'], promptSettings.parse(settings));
    expect(written.template.fill({ text: 'x' }).pieces).toEqual(['Review: x\nMood: ', '']);
    expect([written.questions, written.examples]).toEqual([[{ text: 'nice' }], [{ text: 'fine', answer: 'good' }]]);
    expect(written.shownAnswer({ answer: 'good' })).toBe('good');

    const template = '{text}\\nIt was ___.';
    const labels = ['good=great,fine', 'bad'];
    const chosen = await readRequest(['nice'], promptSettings.parse({ ...settings, template, labels }));
    expect(chosen.template.fill({ text: 'x' }).pieces).toEqual(['x\nIt was ', '.']);
    expect(chosen.verbalizer).toMatchObject({ labels: ['good', 'bad'], words: ['great', 'fine', 'bad'] });
    expect(['good', 'fine', 'bad'].map((answer) => chosen.shownAnswer({ answer }))).toEqual(['great', 'fine', 'bad']);

    const thoughts = await readRequest(
      [''],
      promptSettings.parse({ model: 'm', template: '___', chainOfThought: true }),
    );
    expect(thoughts.questions).toEqual([{}]);
    expect(thoughts.shownAnswer({ reasoning: '1 and 1 more.', answer: '2' })).toBe('1 and 1 more. The answer is 2.');
  });

  it('tells what is wrong', async () => {
    const folder = await temporaryFolder();
    const file = async (name: string, text: string): Promise<string> => {
      await writeFile(join(folder, name), text);
      return join(folder, name);
    };
    const table = await file('rows.csv', 'text,answer\nfine,good\n');
    const lines = await file('rows.jsonl', '{"text": "a", "title": "b"}\n{"text": "c"}\n');
    const empty = await file('empty.csv', 'text,answer\n');
    const words = await file('labels.json', '{"a": [1]}');
    const say = (template: string, settings: Readonly<Record<string, unknown>> = {}, texts = ['x']): Promise<string> =>
      readRequest(texts, promptSettings.parse({ model: 'm', template, ...settings })).then(
        () => 'nothing',
        (error: unknown) => String(error).replaceAll(folder, 'FOLDER'),
      );
    expect([
      await say('review.txt'),
      await say('{text ___'),
      await say('{title}: {text} ___', { file: lines }, []),
      await say('{title} ___', { file: lines, examples: table }, []),
      await say('{text} ___', { examples: lines }),
      await say('{text} ___', { examples: table, chainOfThought: true }),
      await say('{title}: {text} ___'),
      await say('{text} ___', { file: table }),
      await say('{text} ___', { file: empty }, []),
      await say('{text}', { labels: ['a', 'b'] }),
      await say('{text} ___ ___'),
      await say('{text} ___ now'),
      await say('{text} ___', { labels: ['a=x'] }),
      await say('{text} ___', { labels: [words] }),
      await say('{text} ___', { labels: ['a', 'b'], samples: 3 }),
      await say('{text} ___', { labels: ['a', 'b'], calibrate: true, select: 'nearest' }),
      await say('{text} ___', { labels: ['a', 'b'], examples: table }),
      await say('{text} ___', { calibrate: true }),
      await say('{text} ___', { answerPattern: '(' }),
      await say('{text} ___'),
    ]).toMatchInlineSnapshot(`
      [
        "UsageError: USAGE: --template must be a file, or a text with a slot {name} or a blank ___, got "review.txt". Check the path, or write for example "{text} It was ___.".",
        "ConfigError: CONFIG_INVALID: Slots of a template must be written as {name}, got "{" in "{text ___". Name the slot, or write a brace that is text twice.",
        "ConfigError: CONFIG_INVALID: FOLDER/rows.jsonl line 2: The slot {title} of the template must have a value, got none. Give it one, or use another slot: there are values for text.",
        "ConfigError: CONFIG_INVALID: FOLDER/rows.csv line 2: The slot {title} of the template must have a value, got none. Give it one, or use another slot: there are values for text, answer.",
        "ClozeError: DATA_INVALID: FOLDER/rows.jsonl line 1: "answer" must be text, got nothing. This row has text, title.",
        "ClozeError: DATA_INVALID: FOLDER/rows.csv line 2: "reasoning" must be text, got nothing. This row has text, answer.",
        "UsageError: USAGE: The template must have one slot to be filled with texts, got {title}, {text}. Give rows with these columns: --file FILE.",
        "UsageError: USAGE: Texts must come from the arguments or from --file, got both. Leave one of them out.",
        "ClozeError: DATA_INVALID: FOLDER/empty.csv: There must be at least one row to ask about, got none. Check that the file holds more than the names of columns.",
        "ConfigError: CONFIG_INVALID: A prompt must have one blank, got none in "x". Write ___ in the template where the answer belongs, and nowhere else.",
        "ConfigError: CONFIG_INVALID: A prompt must have one blank, got 2 in "x ___ ___". Write ___ in the template where the answer belongs, and nowhere else.",
        "UsageError: USAGE: A template must end with its blank where the model writes, got " now" after it. Leave that out, or let the model choose among --labels.",
        "ConfigError: CONFIG_INVALID: A verbalizer gives each label words: there must be at least two labels, got 1. For example: { positive: ["great", "good"], negative: ["terrible"] }.",
        "UsageError: CONFIG_INVALID: FOLDER/labels.json: The words of each label must be texts, got [1] for "a". For example: {"positive": ["great", "good"], "negative": "terrible"}.",
        "UsageError: USAGE: With --labels the model chooses and does not write, so there is no chain of thought, sample or pattern. Leave out --labels, or --chain-of-thought, --samples and --answer-pattern.",
        "UsageError: USAGE: --calibrate needs the same examples for all questions, got --select nearest. Select them another way.",
        "ClozeError: DATA_INVALID: The answer of an example must be one of the labels a, b, got "good". Add it to --labels, or correct the examples.",
        "UsageError: USAGE: --calibrate needs words to choose among, got no --labels. Give them as --labels LABEL=WORD for each label.",
        "UsageError: USAGE: --answer-pattern must be a regular expression, got "(". Close all groups; the first one is the answer.",
        "nothing",
      ]
    `);
  });
});
