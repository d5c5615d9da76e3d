import type { RandomKey } from '@cloze/core';
import { epochSource } from './epoch-source.ts';
import type { ExampleSource } from './example-source.ts';
import { fingerprint } from './fingerprint.ts';

/**
 * Examples that are in memory, each once per epoch.
 *
 * @param options `key`: shuffles each epoch anew. Default: the order of the list.
 * @throws {ClozeError} `DATA_INVALID` from `read`, when there are none.
 */
export function listSource<Example>(
  examples: readonly Example[],
  { key }: { readonly key?: RandomKey | undefined } = {},
): ExampleSource<Example> {
  return epochSource({
    fingerprint: fingerprint('listSource', JSON.stringify(examples), key?.toWords() ?? ''),
    examplesOf: (epoch) => {
      const order = key?.fold('epoch').fold(epoch).permutation(examples.length) ?? examples.keys();
      return Array.from(order).flatMap((index) => examples.slice(index, index + 1));
    },
  });
}
