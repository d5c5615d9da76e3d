import { ClozeError, type RandomKey } from '@cloze/core';
import { epochCursorOf, type EpochCursor } from './epoch-source.ts';
import type { ExampleSource } from './example-source.ts';
import { fingerprint } from './fingerprint.ts';
import { shuffle } from './shuffle.ts';

/** Settings of {@link streamSource}. */
export interface StreamSourceOptions<Example> {
  /** Begins an epoch, counted from 0. Pure: what comes is a function of the epoch. */
  readonly open: (epoch: number) => AsyncIterable<Example> | Iterable<Example>;
  /** What tells this stream from others: the names of its files and its settings, say. */
  readonly name: string;
  /** Shuffles each epoch anew through a buffer. Default: the order of the stream. */
  readonly shuffled?: { readonly key: RandomKey; readonly bufferSize: number } | undefined;
}

/**
 * Examples from a stream that can only be read from its beginning, as large files in gzip or anything that is made on the way. Takes the memory of the
 * buffer that it is shuffled through.
 *
 * The cursor is `{ epoch, position }`. Reading on where the last call ended costs nothing; a resumed run reads the epoch again from its beginning, and
 * makes and leaves out all examples that were read before. Where that takes too long, use `rowSource`, which replays nothing.
 *
 * @throws {ClozeError} `DATA_INVALID` from `read`, when an epoch has no examples; and what the stream throws.
 */
export function streamSource<Example>(options: StreamSourceOptions<Example>): ExampleSource<Example> {
  const { name, shuffled } = options;
  let live: LiveStream<Example> | undefined;
  return {
    start: { epoch: 0, position: 0 },
    fingerprint: fingerprint('streamSource', name, shuffled?.bufferSize ?? 0, shuffled?.key.toWords() ?? ''),
    read: async (cursor, count) => {
      // Whoever reads at the same time opens a stream of their own.
      const own = live;
      live = undefined;
      let stream = await streamAt(epochCursorOf(cursor), own, options);
      const examples: Example[] = [];
      while (examples.length < count) {
        const next = await stream.items.next();
        if (next.done !== true) {
          examples.push(next.value);
          stream.position++;
        } else {
          if (stream.position === 0) throw noExamples(name, stream.epoch);
          stream = openStream(stream.epoch + 1, options);
        }
      }
      live = stream;
      return { examples, cursor: { epoch: stream.epoch, position: stream.position } };
    },
  };
}

/** A stream that was read up to a position. */
interface LiveStream<Example> {
  readonly epoch: number;
  position: number;
  readonly items: AsyncGenerator<Example, void, void>;
}

async function streamAt<Example>(
  { epoch, position }: EpochCursor,
  live: LiveStream<Example> | undefined,
  options: StreamSourceOptions<Example>,
): Promise<LiveStream<Example>> {
  if (live?.epoch === epoch && live.position === position) return live;
  await live?.items.return();
  const stream = openStream(epoch, options);
  for (; stream.position < position; stream.position++) {
    if ((await stream.items.next()).done === true) throw noExamples(options.name, epoch, position);
  }
  return stream;
}

function openStream<Example>(epoch: number, { open, shuffled }: StreamSourceOptions<Example>): LiveStream<Example> {
  const items = open(epoch);
  const own = shuffled && { bufferSize: shuffled.bufferSize, key: shuffled.key.fold('epoch').fold(epoch) };
  return { epoch, position: 0, items: own ? shuffle(items, own) : inOrder(items) };
}

async function* inOrder<Item>(items: AsyncIterable<Item> | Iterable<Item>): AsyncGenerator<Item, void, void> {
  yield* items;
}

function noExamples(name: string, epoch: number, position = 0): ClozeError {
  return new ClozeError('DATA_INVALID', {
    message: `Epoch ${epoch} of the stream "${name}" must have more than ${position} examples.`,
    hint: 'Check what it is made of; it must be the same each time.',
  });
}
