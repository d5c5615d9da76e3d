import { createInterface } from 'node:readline';
import { ClozeError, type JsonObject } from '@cloze/core';
import { parseLine } from './protocol.ts';

/** What a worker does for its life: answers each line of its standard input, a request, with a line. It ends when its input ends. */
export async function answerRequests(answer: (message: JsonObject) => Promise<object>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const reply = await answer(parseLine(line)).catch((error: unknown) => ({
      error: error instanceof Error ? error.message : String(error),
    }));
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}

/** For a request that a worker cannot answer. */
export function unknownRequest(request: string): ClozeError {
  return new ClozeError('INTERNAL', {
    message: `Benchmark worker: a request must be one that it can answer, got "${request}".`,
    hint: 'Build the benchmarks again, so that both sides are of one version.',
  });
}
