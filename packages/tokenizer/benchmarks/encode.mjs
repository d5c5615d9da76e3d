/**
 * Encoding and training against the Rust binding and gpt-tokenizer, in one process on one core, interleaved. Run after `pnpm build`:
 *
 *   node packages/tokenizer/benchmarks/encode.mjs [--rounds 5] [--only Unigram] [--train] [--json]
 */
process.env.RAYON_NUM_THREADS = '1';
process.env.TOKENIZERS_PARALLELISM = 'false';

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Tokenizer, trainByteLevelBpe, trainUnigram, trainWordPiece } from '../dist/index.js';
import { longLine, mixedDocuments } from './corpus.mjs';
import { tokenizerJsonOf } from './gpt2-ranks.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
    train: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
const rounds = Number(values.rounds);
const rust = (await import('tokenizers')).default;
const gpt = await import('gpt-tokenizer/encoding/r50k_base');
const ranks = (await import('gpt-tokenizer/bpeRanks/r50k_base')).default;

const documents = mixedDocuments();
const megabytes = documents.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;
const rows = [];

/** Seconds that a function takes. */
async function seconds(run) {
  const before = performance.now();
  await run();
  return (performance.now() - before) / 1000;
}

function median(list) {
  return [...list].sort((a, b) => a - b)[list.length >> 1];
}

/** Runs ours and the others in turn and keeps the median of the ratios of each round. */
async function race(name, target, work, megabytesOfWork, contestants) {
  const times = Object.fromEntries(Object.keys(contestants).map((key) => [key, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [key, run] of Object.entries(contestants)) times[key].push(await seconds(() => run(work)));
  }
  const [ours, ...others] = Object.keys(contestants);
  for (const other of others) {
    const ratios = times[ours].map((time, round) => times[other][round] / time);
    rows.push({
      what: name,
      against: other,
      oursMBs: megabytesOfWork / median(times[ours]),
      theirsMBs: megabytesOfWork / median(times[other]),
      ratio: median(ratios),
      spread: `${Math.min(...ratios).toFixed(1)}-${Math.max(...ratios).toFixed(1)}`,
      target: target[other],
    });
    report(rows.at(-1));
  }
}

function report(row) {
  const figures = `${row.oursMBs.toFixed(1)} MB/s against ${row.theirsMBs.toFixed(1)}: ${row.ratio.toFixed(1)}x (${row.spread})`;
  console.log(
    values.json
      ? JSON.stringify(row)
      : `${row.what} / ${row.against}: ${figures}${row.target ? `, goal ${row.target}x` : ''}`,
  );
}

async function assertEqualIds(name, tokenizer, reference) {
  for (const text of documents) {
    const ours = tokenizer.encodeToIds(text);
    const theirs = (await reference.encode(text)).getIds();
    if (ours.length !== theirs.length || ours.some((id, at) => id !== theirs[at])) {
      throw new Error(`${name}: ids differ in ${JSON.stringify(text.slice(0, 80))}`);
    }
  }
  console.log(`${name}: ids equal in all ${documents.length} documents`);
}

const oursLoop = (tokenizer) => (texts) => {
  for (const text of texts) tokenizer.encodeToIds(text);
};
const rustBatch = (reference) => (texts) => reference.encodeBatch(texts);

const sample = documents.filter((_, index) => index % 4 === 0).slice(0, -1);
const lines = sample.flatMap((text) => text.split('\n'));
const bpeJson = trainByteLevelBpe(lines, { vocabSize: 2000 }).toJson();
const kinds = [
  ['BPE (GPT-2 ranks)', tokenizerJsonOf(ranks, bpeJson), { rust: 10, 'gpt-tokenizer': 3 }],
  ['WordPiece 30k', trainWordPiece(lines, { vocabSize: 30_000 }).toJson(), { rust: 3 }],
  ['Unigram 8k', trainUnigram(lines.slice(0, 20_000), { vocabSize: 8000 }).toJson(), { rust: 4 }],
];

console.log(`${documents.length} documents, ${megabytes.toFixed(1)} MB, ${rounds} rounds, one core`);
for (const [name, json, target] of kinds.filter(([kind]) => kind.startsWith(values.only))) {
  const tokenizer = Tokenizer.fromJson(json);
  const reference = rust.Tokenizer.fromString(json);
  await assertEqualIds(name, tokenizer, reference);
  // Ours is new in every round: its cache is cold, as it would be for one pass over a corpus.
  await race(`${name}, cold`, target, documents, megabytes, {
    ours: (texts) => oursLoop(tokenizer.with({}))(texts),
    rust: rustBatch(reference),
  });
  await race(`${name}, warm`, target, documents, megabytes, { ours: oursLoop(tokenizer), rust: rustBatch(reference) });
  if (name.startsWith('BPE')) {
    // Without the long line: gpt-tokenizer takes quadratic time for it and would not end.
    const short = documents.slice(0, -1);
    await race(`${name}, without the long line`, target, short, megabytes - 1, {
      ours: oursLoop(tokenizer),
      'gpt-tokenizer': (texts) => {
        for (const text of texts) gpt.encode(text);
      },
    });
  }
  let last = 0;
  for (let length = 1 << 17; length <= 1 << 20; length *= 2) {
    const line = longLine(length);
    const times = Array.from({ length: 5 }, () => {
      const before = performance.now();
      tokenizer.encodeToIds(line);
      return performance.now() - before;
    });
    const time = median(times);
    console.log(
      `${name}, ${length} letters without a space: ${time.toFixed(1)} ms${last ? `, ${(time / last).toFixed(2)}x` : ''}`,
    );
    last = time;
  }
}

if (values.train) {
  const folder = mkdtempSync(join(tmpdir(), 'cloze-bench-'));
  const file = join(folder, 'corpus.txt');
  writeFileSync(file, documents.slice(0, -1).join(''));
  const all = documents.slice(0, -1).join('').split('\n');
  const blank = JSON.parse(bpeJson);
  Object.assign(blank.model, { vocab: {}, merges: [] });
  const reference = rust.Tokenizer.fromString(JSON.stringify({ ...blank, added_tokens: [] }));
  const ours = await seconds(() => trainByteLevelBpe(all, { vocabSize: 30_000, minFrequency: 0, specialTokens: [] }));
  const theirs = await seconds(() => reference.train([file]));
  report({
    what: 'train BPE 30k',
    against: 'rust',
    oursMBs: megabytes / ours,
    theirsMBs: megabytes / theirs,
    ratio: theirs / ours,
    spread: 'one run',
    target: 3,
  });
  rmSync(folder, { recursive: true });
}
