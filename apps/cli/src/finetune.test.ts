import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloze, clozeUntil, jsonLines, temporaryFolder } from './fixtures/run-cloze.ts';

const ADJECTIVES = { good: ['good', 'great', 'fine', 'nice'], bad: ['bad', 'awful', 'poor', 'sad'] };

/** Films that are good or bad, in the form of SST-2: text, tab, 1 or 0, and no names of columns. */
function opinions(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const label = (index * 7) % 2;
    const adjectives = label === 1 ? ADJECTIVES.good : ADJECTIVES.bad;
    return `${['the', 'a'][Math.floor(index / 2) % 2] ?? ''} film was ${['very ', 'so ', ''][index % 3] ?? ''}${adjectives[(index * 5) % 4] ?? ''}\t${label}`;
  });
  return `${lines.join('\n')}\n`;
}

/** Runs a command that must end well. */
function run(folder: string, ...args: string[]): string {
  const { status, stdout, stderr } = cloze(args, { cwd: folder });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

function pretrained(folder: string, family: string): void {
  const size = ['--steps', '2', '--batch-size', '2', '--sequence-length', '32', '--vocab-size', '600'];
  run(folder, 'pretrain', '--family', family, ...size, '--out', family);
}

const COLUMNS = ['--columns', 'text,label'];

describe('cloze finetune', () => {
  it('teaches a bert to classify, which classify, evaluate and embed then use', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'train.tsv'), opinions(320));
    pretrained(folder, 'bert');
    const task = ['--model', 'bert', '--task', 'classification', '--data', 'train.tsv', ...COLUMNS];
    const rate = ['--learning-rate', '0.001', '--epochs', '4'];
    const events = jsonLines(run(folder, 'finetune', ...task, ...rate, '--out', 'mood', '--json'));
    expect(events[0]).toMatchObject({
      event: 'start',
      labels: ['0', '1'],
      numTrainingRows: 288,
      numValidationRows: 32,
    });
    const end = events.at(-1) as { metrics: { accuracy: { value: number; interval: object } }; next: string };
    expect(end.metrics.accuracy.value).toBeGreaterThan(0.95);
    expect(end.next).toBe('cloze classify --model mood "Some text."');

    const said = run(folder, 'classify', '--model', 'mood', 'a film was so sad', 'the film was very nice');
    expect(said).toMatch(/^0 +\d+\.\d % {2}a film was so sad\n1 +\d+\.\d % {2}the film was very nice\n$/);
    const measured = run(folder, 'evaluate', '--model', 'mood', '--data', 'train.tsv', ...COLUMNS, '--json');
    expect(JSON.parse(measured)).toMatchObject({ task: 'classification', numRows: 320 });
    expect(run(folder, 'evaluate', '--model', 'mood', '--data', 'train.tsv', ...COLUMNS)).toMatch(
      /accuracy +\d\.\d{3} \(\d\.\d{3} to \d\.\d{3}\)/,
    );
    const vectors = jsonLines(run(folder, 'embed', '--model', 'bert', 'a film', 'the film', '--json'));
    expect(vectors.map(({ embedding }) => (embedding as number[]).length)).toEqual([128, 128]);
    expect(run(folder, 'embed', '--model', 'bert', 'a film', 'the film')).toMatch(/^ 1\.00 {2}\d\.\d\d {2}a film\n/);
  }, 300_000);

  it('teaches a gpt with a small adapter, and classifies with it', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'train.tsv'), opinions(160));
    pretrained(folder, 'gpt');
    const task = ['--model', 'gpt', '--task', 'classification', '--data', 'train.tsv', ...COLUMNS];
    const shown = run(folder, 'finetune', ...task, '--method', 'lora', '--schedule', 'head-first', '--out', 'mood');
    expect(shown).toContain('Next: cloze classify --model gpt --adapter mood "Some text."');
    expect(shown).toMatch(/method +lora: [\d,]+ trained parameters \(\d\.\d+ %\)/);
    const row = run(folder, 'classify', '--model', 'gpt', '--adapter', 'mood', 'the film was bad', '--json');
    expect(Object.keys((JSON.parse(row) as { probabilities: object }).probabilities)).toEqual(['0', '1']);
  }, 300_000);

  it('goes on after Ctrl-C to the same result as without it', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'train.tsv'), opinions(160));
    pretrained(folder, 'bert');
    const at = (name: string): string => join(folder, name);
    const task = ['--model', at('bert'), '--task', 'classification', '--data', at('train.tsv'), ...COLUMNS, '--json'];
    const whole = jsonLines(run(folder, 'finetune', ...task, '--out', 'whole'));
    const stopped = await clozeUntil(['finetune', ...task, '--out', at('parts')], /"step":3,/, 'SIGINT');
    expect(stopped.status).toBe(130);
    const resumed = jsonLines(run(folder, 'finetune', '--resume', '--out', 'parts', '--json'));
    const lossesOf = (events: Record<string, unknown>[]): unknown[] =>
      events.filter(({ event }) => event === 'step').map(({ lossBits }) => lossBits);
    expect(lossesOf(resumed).length).toBeGreaterThan(0);
    expect(lossesOf(whole).slice(-lossesOf(resumed).length)).toEqual(lossesOf(resumed));
  }, 300_000);

  it('says what is wrong before anything is trained', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'train.tsv'), opinions(40));
    await writeFile(join(folder, 'labl.csv'), 'text,labl\ngood,1\n');
    await writeFile(join(folder, 'dev.tsv'), 'text\tlabel\ngood\t2\n');
    pretrained(folder, 'bert');
    pretrained(folder, 'gpt');
    const say = (...args: string[]): string => cloze(args, { cwd: folder }).stderr.trimEnd();
    const finetune = (...args: string[]): string => say('finetune', '--out', 'run', ...args);
    const bert = ['--model', 'bert', '--task', 'classification'];
    run(
      folder,
      'finetune',
      ...bert,
      '--data',
      'train.tsv',
      ...COLUMNS,
      '--method',
      'lora',
      '--epochs',
      '1',
      '--out',
      'adapter',
    );
    expect([
      finetune(),
      finetune(...bert, '--data', 'train.tsv'),
      finetune(...bert, '--data', 'labl.csv'),
      finetune(...bert, '--data', 'train.tsv', '--columns', 'text=1,label'),
      finetune(...bert, '--data', 'train.tsv', ...COLUMNS, '--validation', 'dev.tsv'),
      finetune('--model', 'bert', '--task', 'text-to-text', '--data', 'train.tsv', '--columns', 'source,target'),
      finetune(...bert, '--data', 'train.tsv', ...COLUMNS, '--max-length', '1000'),
      say('classify', '--model', 'bert', 'Some text.'),
      say('classify', '--model', 'gpt', '--adapter', 'adapter', 'Some text.'),
      say('answer', '--model', 'bert'),
      say('evaluate', '--model', 'bert', '--data', 'train.tsv'),
    ]).toMatchInlineSnapshot(`
      [
        "USAGE: --model is required. See cloze finetune --help, or go on with a run: --resume --out FOLDER.",
        "DATA_INVALID: train.tsv line 2: There must be a column "text" (or sentence, sentence1, text1, premise, question1, review, content), got "0", "the film was very bad". If the first line names no columns, name them (--columns text,label); otherwise say which one it is (--columns text=NAME).",
        "DATA_INVALID: labl.csv line 2: There must be a column "label" (or labels, class, category, gold_label), got "text", "labl". Did you mean "labl"?",
        "USAGE: --columns must name all columns in order, or say for each which one it is, got "text=1,label". Write --columns text,label or --columns text=review,label=2.",
        "DATA_INVALID: dev.tsv line 1: The column "label" must hold one of the model's labels (0, 1), got "label". Correct the line, or train with it.",
        "UNSUPPORTED_FORMAT: The task text-to-text must have a model of the family, got bert, which has none. Use a model of bart or t5.",
        "USAGE: The length must be at most 512 tokens, the positions that the model has for them, got 1000. Shorten it, or take a model with more positions.",
        "USAGE: The model must be one for sequence-classification, got a bert model for pre-training. Fine-tune it for the task classification first.",
        "UNSUPPORTED_FORMAT: adapter at "/architectures/0": architectures must name one of GPT2Model, OpenAIGPTModel, GPT2LMHeadModel, OpenAIGPTLMHeadModel, GPT2DoubleHeadsModel, OpenAIGPTDoubleHeadsModel, GPT2ForSequenceClassification, OpenAIGPTForSequenceClassification, GPT2ForTokenClassification, GPT2ForQuestionAnswering, got "BertForSequenceClassification". Name the task yourself if the weights fit it.",
        "USAGE: There must be questions, as arguments or as rows of --file, and not both. For example: cloze answer --model FOLDER --context-file text.txt "Who came?"",
        "USAGE: The model must be one that was fine-tuned for a task, got a bert model for pre-training. Fine-tune it first: cloze finetune --help.",
      ]
    `);
    expect(existsSync(join(folder, 'run', 'config.json'))).toBe(false);
  }, 300_000);
});
