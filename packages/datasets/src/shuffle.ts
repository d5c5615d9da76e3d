import type { RandomKey } from '@cloze/core';

/** Settings of {@link shuffle}. */
export interface ShuffleOptions {
  /** How many items are held. The order is perfectly random if there are no more. */
  readonly bufferSize: number;
  readonly key: RandomKey;
}

/**
 * Shuffles a stream of any length through a bounded buffer: each item takes the place of a random one in the buffer, which goes out. An item comes at most
 * `bufferSize` earlier than it stood, and may come any time later. The order is a function of the key and the number of items.
 *
 * @see <https://www.tensorflow.org/api_docs/python/tf/data/Dataset#shuffle>, which does the same.
 */
export async function* shuffle<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  { bufferSize, key }: ShuffleOptions,
): AsyncGenerator<Item, void, void> {
  const buffer: Item[] = [];
  let index = 0;
  for await (const item of items) {
    if (buffer.length < bufferSize) {
      buffer.push(item);
      continue;
    }
    const place = key.fold('place').fold(index++).integer(bufferSize);
    yield* buffer.splice(place, 1, item);
  }
  for (const place of key.fold('rest').permutation(buffer.length)) yield* buffer.slice(place, place + 1);
}
