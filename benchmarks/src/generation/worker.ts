/** A process of its own for each library that generates. Speaks lines of JSON. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { parametersOf, type JsonObject } from '@cloze/core';
import { serializeModel } from '@cloze/jit';
import { answerRequests, unknownRequest } from '../answer-requests.ts';
import { numberOf, textOf } from '../protocol.ts';
import { GENERATION_MODEL, generationModel, openCloze, openTransformersJs, type Generator } from './generators.ts';
import { gpt2Graph } from './gpt2-graph.ts';
import type { GenerationReply } from './protocol.ts';

let generator: Generator | undefined;

async function answer(message: JsonObject): Promise<object> {
  const request = textOf(message, 'request');
  switch (request) {
    case 'writeModel':
      await writeModel(textOf(message, 'folder'));
      return {};
    case 'openGeneration': {
      const numThreads = numberOf(message, 'numThreads');
      generator =
        textOf(message, 'library') === 'cloze'
          ? await openCloze(numThreads)
          : await openTransformersJs(textOf(message, 'folder'), {
              installation: textOf(message, 'installation'),
              numThreads,
            });
      return {};
    }
    case 'warmUp':
      await opened().warmUp(numberOf(message, 'numTokens'));
      return {};
    case 'generate':
      return timed(opened(), numberOf(message, 'numTokens'));
    default:
      throw unknownRequest(request);
  }
}

/** In the layout that transformers.js looks for. */
async function writeModel(folder: string): Promise<void> {
  const { numLayers, numHeads, hiddenSize, maxPositions, vocabSize } = GENERATION_MODEL;
  await mkdir(join(folder, 'onnx'), { recursive: true });
  const config = {
    model_type: 'gpt2',
    architectures: ['GPT2LMHeadModel'],
    n_layer: numLayers,
    n_head: numHeads,
    n_embd: hiddenSize,
    n_positions: maxPositions,
    vocab_size: vocabSize,
  };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'generation_config.json'), '{}');
  const graph = gpt2Graph(GENERATION_MODEL, parametersOf(generationModel()));
  await writeFile(join(folder, 'onnx', 'model.onnx'), serializeModel(graph));
}

async function timed(chosen: Generator, numTokens: number): Promise<GenerationReply> {
  const [begin, cpu] = [performance.now(), process.cpuUsage()];
  const ids = await chosen.generate(numTokens);
  const { user, system } = process.cpuUsage(cpu);
  return { milliseconds: performance.now() - begin, cpuMilliseconds: (user + system) / 1000, ids };
}

function opened(): Generator {
  if (generator === undefined) throw unknownRequest('generate before openGeneration');
  return generator;
}

await tf.setBackend('cpu');

await answerRequests(answer);
