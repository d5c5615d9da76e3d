import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTaskData, type TaskDataOptions } from './task-data.ts';
import type { Task } from './task.ts';
import { classification, pairClassification } from './tasks/classification.ts';
import { multipleChoice } from './tasks/multiple-choice.ts';
import { questionAnswering } from './tasks/question-answering.ts';
import { regression } from './tasks/regression.ts';
import { tagging } from './tasks/tagging.ts';
import { textToText } from './tasks/text-to-text.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloze-tasks-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The rows of a file without their places, or what reading it throws. */
async function read<Row extends object>(
  task: Task<Row, unknown>,
  [name, content]: readonly [name: string, content: string],
  options?: TaskDataOptions,
): Promise<unknown> {
  const file = join(folder, name);
  await writeFile(file, content);
  try {
    const rows = await readTaskData(task, file, options);
    return rows.map((row) => {
      const { place, labelColumn, ...fields } = row as Row & { place?: unknown; labelColumn?: unknown };
      return [place, labelColumn].includes(null) ? undefined : fields;
    });
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll(folder, 'FOLDER') : error;
  }
}

describe('readTaskData', () => {
  it('finds columns by name, alias, order and number', async () => {
    const rows = [{ text: 'good', label: '1' }];
    expect(await read(classification, ['a.tsv', 'text\tlabel\ngood\t1\n'])).toEqual(rows);
    expect(await read(classification, ['b.csv', 'label,sentence\n1,good\n'])).toEqual(rows);
    expect(await read(classification, ['c.jsonl', '{"review": "good", "label": 1, "id": 7}\n'])).toEqual(rows);
    const table = ['d.tsv', 'good\tx\t1\n'] as const;
    expect(await read(classification, table, { columns: ['text', '-', 'label'] })).toEqual(rows);
    expect(await read(classification, table, { names: { text: 1, label: 3 } })).toEqual(rows);
    const named = ['e.csv', 'what,stars\ngood,1\n'] as const;
    expect(await read(classification, named, { names: { text: 'what', label: 'stars' } })).toEqual(rows);
    expect(await read(classification, ['f.txt', 'good\n\nbad\n'], { isLabelled: false })).toEqual([
      { text: 'good' },
      { text: 'bad' },
    ]);
  });

  it('reads the columns of each task', async () => {
    expect(await read(pairClassification, ['p.tsv', 'premise\thypothesis\tlabel\na\tb\tyes\n'])).toEqual([
      { text: 'a', pair: 'b', label: 'yes' },
    ]);
    expect(await read(regression, ['r.tsv', 'sentence1\tsentence2\tscore\na\tb\t2.5\n'])).toEqual([
      { text: 'a', pair: 'b', score: 2.5 },
    ]);
    expect(await read(tagging, ['t.jsonl', '{"tokens": ["a", "b"], "ner_tags": ["O", "B-X"]}\n'])).toEqual([
      { words: ['a', 'b'], tags: ['O', 'B-X'] },
    ]);
    expect(await read(tagging, ['t.tsv', 'words\ttags\na b\tO B-X\n'])).toEqual([
      { words: ['a', 'b'], tags: ['O', 'B-X'] },
    ]);
    const squad = '{"question": "who", "context": "anna came", "answers": {"text": ["anna"], "answer_start": [0]}}\n';
    const answered = [{ question: 'who', context: 'anna came', answers: [{ text: 'anna', start: 0 }] }];
    expect(await read(questionAnswering, ['q.jsonl', squad])).toEqual(answered);
    expect(await read(questionAnswering, ['q.tsv', 'question\tcontext\tanswer\nwho\tanna came\tanna\n'])).toEqual(
      answered,
    );
    expect(await read(questionAnswering, ['n.tsv', 'question\tcontext\tanswer\nwho\tanna came\t\n'])).toEqual([
      { question: 'who', context: 'anna came', answers: [] },
    ]);
    const choices = [{ question: 'q', choices: ['a', 'b c'], answer: 1 }];
    expect(await read(multipleChoice, ['m.tsv', 'question\tchoice0\tchoice1\tanswer\nq\ta\tb c\t1\n'])).toEqual(
      choices,
    );
    expect(await read(multipleChoice, ['m.jsonl', '{"question": "q", "choices": ["a", "b c"], "label": 1}\n'])).toEqual(
      choices,
    );
    expect(await read(textToText, ['s.tsv', 'source\ttarget\nhi\tsalut\n'])).toEqual([
      { source: 'hi', target: 'salut' },
    ]);
  });

  it('says file, line, column, what was found and what was probably meant', async () => {
    expect([
      await read(classification, ['1.tsv', 'text\tlabl\ngood\t1\n']),
      await read(classification, ['2.tsv', 'a fine film\t1\na bad film\t0\n']),
      await read(classification, ['3.tsv', 'text\tlabel\ngood\t1\nbad\t\n']),
      await read(classification, ['4.tsv', 'text\tlabel\n\t1\n']),
      await read(classification, ['5.tsv', 'text\tlabel\n']),
      await read(classification, ['6.tsv', 'text\tlabel\ngood\t1\n'], { names: { lable: 'label' } }),
      await read(classification, ['7.tsv', 'text\tlabel\ngood\t1\n'], { names: { text: 'txt' } }),
      await read(classification, ['8.tsv', 'good\t1\n'], { names: { text: 1, label: 9 } }),
      await read(pairClassification, ['9.tsv', 'text\tlabel\ngood\t1\n']),
      await read(regression, ['10.tsv', 'text\tscore\ngood\tvery\n']),
      await read(tagging, ['11.tsv', 'words\ttags\na b\tO\n']),
      await read(tagging, ['12.jsonl', '{"tokens": [["a"]], "tags": ["O"]}\n']),
      await read(questionAnswering, ['13.tsv', 'question\tcontext\tanswer\nwho\tanna came\tcarla\n']),
      await read(multipleChoice, ['14.tsv', 'question\tchoice0\tchoice1\tanswer\nq\ta\tb\t2\n']),
      await read(multipleChoice, ['15.tsv', 'question\tchoice0\tanswer\nq\ta\t0\n']),
    ]).toMatchInlineSnapshot(`
      [
        "DATA_INVALID: FOLDER/1.tsv line 2: There must be a column "label" (or labels, class, category, gold_label), got "text", "labl". Did you mean "labl"?",
        "DATA_INVALID: FOLDER/2.tsv line 2: There must be a column "text" (or sentence, sentence1, text1, premise, question1, review, content), got "1", "a fine film". If the first line names no columns, name them (--columns text,label); otherwise say which one it is (--columns text=NAME).",
        "DATA_INVALID: FOLDER/3.tsv line 3: The column "label" must hold a label, got "". Correct the line, or leave it out.",
        "DATA_INVALID: FOLDER/4.tsv line 2: The column "text" must hold text that is not empty, got "". Correct the line, or leave it out.",
        "DATA_INVALID: FOLDER/5.tsv: The file must hold at least one row, got none. Check that it holds more than the names of columns.",
        "USAGE: This task reads the columns text, pair, label, got "lable". Name one of these.",
        "DATA_INVALID: FOLDER/7.tsv line 2: There must be a column "txt", got "text", "label". Did you mean "text"?",
        "DATA_INVALID: FOLDER/8.tsv line 1: There must be a column "9", got "1", "2". Did you mean "1"?",
        "DATA_INVALID: FOLDER/9.tsv line 2: There must be a column "pair" (or sentence2, text2, hypothesis, question2), got "text", "label". If the first line names no columns, name them (--columns text,label); otherwise say which one it is (--columns text=NAME).",
        "DATA_INVALID: FOLDER/10.tsv line 2: The column "score" must hold a number, got "very". Correct the line, or leave it out.",
        "DATA_INVALID: FOLDER/11.tsv line 2: The column "tags" must hold one tag for each of the 2 words, got "O". There are 1 tags.",
        "DATA_INVALID: FOLDER/12.jsonl line 1: The column "tokens" must hold a list of texts that is not empty, got [["a"]]. Correct the line, or leave it out.",
        "DATA_INVALID: FOLDER/13.tsv line 2: The column "answer" must hold a piece of the context, letter by letter, got "carla". It does not stand at any place of the context.",
        "DATA_INVALID: FOLDER/14.tsv line 2: The column "answer" must hold the number of a choice, from 0 to 1, got "2". Correct the line, or leave it out.",
        "DATA_INVALID: FOLDER/15.tsv line 2: The column "choices" must hold at least two choices, got nothing. Write them as a list, or in columns choice0, choice1, ...",
      ]
    `);
  });
});
