/** A process of its own for each engine and configuration, so that neither memory nor threads are shared. Speaks lines of JSON. */
import * as tf from '@tensorflow/tfjs';
import type { JsonObject } from '@cloze/core';
import { answerRequests, unknownRequest } from './answer-requests.ts';
import { methodNamed } from './adapters/method-named.ts';
import { configurationNamed } from './configurations.ts';
import { parseEngineName } from './engines.ts';
import { MatrixProduct } from './matrix-product.ts';
import { peakMemory } from './peak-memory.ts';
import { numberOf, textOf, type RunReply } from './protocol.ts';
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

// Whoever needs the wasm backend, which would be preferred, chooses it.
await tf.setBackend('cpu');

await answerRequests(answer);
