import type { RandomKey } from '@cloze/core';
import type { ClassifiedText } from '@cloze/tasks';
import { diagnosticMessages } from '../corpus/diagnostic-messages.ts';

/** What messages are about, by the thousands of their codes. */
const KINDS: Readonly<Record<number, string>> = {
  1: 'syntax',
  2: 'types',
  6: 'options',
  90: 'quick fix',
  95: 'quick fix',
};

/**
 * A task that lies on the disk: what a message of TypeScript's compiler is about, of four kinds.
 *
 * @param options `numTraining`: how many messages have labels; all others, about 1,400, are the test.
 */
export async function messagesByKind({
  numTraining,
  key,
}: {
  readonly numTraining: number;
  readonly key: RandomKey;
}): Promise<{ readonly train: ClassifiedText[]; readonly test: ClassifiedText[] }> {
  const rows = (await diagnosticMessages()).flatMap(({ code, text }) => {
    const label = KINDS[Math.floor(code / 1000)];
    return label === undefined ? [] : [{ text, label }];
  });
  const mixed = Array.from(key.permutation(rows.length)).flatMap((index) => rows[index] ?? []);
  return { train: mixed.slice(0, numTraining), test: mixed.slice(numTraining) };
}
