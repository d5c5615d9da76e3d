/** A process of its own for each engine of tokenizers. Speaks lines of JSON. */
import { readFile, writeFile } from 'node:fs/promises';
import type { JsonObject } from '@cloze/core';
import { answerRequests, unknownRequest } from '../answer-requests.ts';
import { numberOf, textOf } from '../protocol.ts';
import { median } from '../statistics.ts';
import { digestOf } from './digest.ts';
import { openEncoder, type Encoder } from './encoders.ts';
import { longLine, mixedText, sizeOf } from './mixed-text.ts';
import type { TimedReply } from './protocol.ts';
import { parseTokenizerEngine, parseTokenizerKind } from './tokenizer-benchmarks.ts';
import { compareTrained, tokenizerToEncodeWith, trainWith } from './training.ts';

/** Letters of the lines without spaces that show how the time grows. */
const DOUBLINGS = [17, 18, 19, 20, 21].map((power) => 2 ** power);
const TURNS_PER_DOUBLING = 5;

let encoder: Encoder | undefined;
let texts: readonly string[] = [];

async function answer(message: JsonObject): Promise<object> {
  const request = textOf(message, 'request');
  switch (request) {
    case 'writeTokenizer': {
      const kind = parseTokenizerKind(textOf(message, 'kind'));
      const tokenizer = tokenizerToEncodeWith(kind, mixedText(numberOf(message, 'megabytes')));
      await writeFile(textOf(message, 'file'), tokenizer.toJson());
      return {};
    }
    case 'writeText': {
      const text = mixedText(numberOf(message, 'megabytes')).slice(0, -1).join('');
      await writeFile(textOf(message, 'file'), text);
      return { bytes: Buffer.byteLength(text) };
    }
    case 'openEncoder':
      texts = mixedText(numberOf(message, 'megabytes'));
      encoder = await openEncoder(
        parseTokenizerEngine(textOf(message, 'engine')),
        await readFile(textOf(message, 'tokenizer'), 'utf8'),
      );
      return { numTexts: texts.length, bytes: sizeOf(texts) };
    case 'encode': {
      const opened = openedEncoder();
      const chosen = message['isCold'] === true ? opened.cold() : opened;
      const all = textsFor(message);
      return timed(() => chosen.encodeAll(all));
    }
    case 'digests': {
      const digests: number[] = [];
      for (const text of textsFor(message)) digests.push(digestOf(await openedEncoder().encode(text)));
      return { digests };
    }
    case 'doubling':
      return { lengths: DOUBLINGS, milliseconds: await doubling(openedEncoder()) };
    case 'train': {
      const trained = await trainWith(parseTokenizerEngine(textOf(message, 'engine')), {
        kind: parseTokenizerKind(textOf(message, 'kind')),
        text: textOf(message, 'text'),
      });
      const reply = await timed(() => {
        trained.run();
      });
      await trained.save(textOf(message, 'file'));
      return reply;
    }
    case 'compare':
      return compareTrained(textOf(message, 'ours'), textOf(message, 'theirs'), textOf(message, 'text'));
    default:
      throw unknownRequest(request);
  }
}

/** The text ends with the long line. */
function textsFor(message: JsonObject): readonly string[] {
  return message['hasLongLine'] === true ? texts : texts.slice(0, -1);
}

function openedEncoder(): Encoder {
  if (encoder === undefined) throw unknownRequest('encode before openEncoder');
  return encoder;
}

async function timed(run: () => Promise<void> | void): Promise<TimedReply> {
  const [begin, cpu] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(cpu);
  return { milliseconds: performance.now() - begin, cpuMilliseconds: (user + system) / 1000 };
}

async function doubling(opened: Encoder): Promise<number[]> {
  const medians: number[] = [];
  for (const length of DOUBLINGS) {
    const line = [longLine(length)];
    const turns: number[] = [];
    for (let turn = 0; turn < TURNS_PER_DOUBLING; turn++) {
      const chosen = opened.cold();
      turns.push((await timed(() => chosen.encodeAll(line))).milliseconds);
    }
    medians.push(median(turns));
  }
  return medians;
}

await answerRequests(answer);
