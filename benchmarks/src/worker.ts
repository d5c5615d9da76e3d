/** A process of its own for each engine and configuration, so that neither memory nor threads are shared. Speaks lines of JSON. */
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs';
import { ClozeError, type JsonObject } from '@cloze/core';
import { methodNamed } from './adapters/method-named.ts';
import { configurationNamed } from './configurations.ts';
import { parseEngineName } from './engines.ts';
import { MatrixProduct } from './matrix-product.ts';
import { peakMemory } from './peak-memory.ts';
import { numberOf, parseLine, textOf, type RunReply } from './protocol.ts';
import { TrainingRun } from './training-run.ts';
import { writeWeights } from './write-weights.ts';

let opened: { run(count: number): Promise<RunReply> } | undefined;

async function answer(message: JsonObject): Promise<object> {
  const request = textOf(message, 'request');
  switch (request) {
    case 'open': {
      const engine = parseEngineName(textOf(message, 'engine'));
      if (engine === 'pytorch') throw unknownRequest('PyTorch');
      const configuration = configurationNamed(textOf(message, 'configuration'));
      const numThreads = numberOf(message, 'numThreads');
      const method = methodNamed(textOf(message, 'method'));
      opened = await TrainingRun.open({ configuration, engine, method, numThreads });
      return {};
    }
    case 'openMatrixProduct':
      opened = new MatrixProduct(numberOf(message, 'numThreads'));
      return {};
    case 'writeWeights':
      await writeWeights(configurationNamed(textOf(message, 'configuration')), textOf(message, 'file'));
      return {};
    case 'run':
      if (opened === undefined) throw unknownRequest('run before open');
      return opened.run(numberOf(message, 'count'));
    case 'memory':
      return { peakBytes: peakMemory() };
    default:
      throw unknownRequest(request);
  }
}

function unknownRequest(request: string): ClozeError {
  return new ClozeError('INTERNAL', {
    message: `Benchmark worker: a request must be one that it can answer, got "${request}".`,
    hint: 'Build the benchmarks again, so that both sides are of one version.',
  });
}

// Whoever needs the wasm backend, which would be preferred, chooses it.
await tf.setBackend('cpu');

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(parseLine(line)).catch((error: unknown) => ({
    error: error instanceof Error ? error.message : String(error),
  }));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
