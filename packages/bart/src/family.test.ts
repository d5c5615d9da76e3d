import * as tf from '@tensorflow/tfjs';
import {
  checkpointParameters,
  disposeModule,
  parametersOf,
  placeholderParameters,
  RandomKey,
  randomParameters,
  toCheckpointTensors,
  type HostTensor,
} from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { bartFamily, type BartModels } from './family.ts';
import { BartModel } from './model.ts';
import { bartTiny } from './presets.ts';

const config = { ...bartTiny, vocabSize: 7, maxPositions: 4, hiddenSize: 8 };
const names = (task: keyof BartModels) => bartFamily.checkpointNames(config, task);

/** The file of a freshly initialized language model. */
async function languageModelFile(): Promise<Map<string, HostTensor>> {
  const model = bartFamily.create(config, 'conditional-generation', randomParameters(RandomKey.fromSeed(1)));
  const tensors = await toCheckpointTensors(parametersOf(model), names('conditional-generation'));
  disposeModule(model);
  return tensors;
}

describe('bartFamily', () => {
  leaksNoTensors();

  it('names the published class of each task', () => {
    expect(bartFamily.toConfigJson(config, 'question-answering')).toMatchObject({
      architectures: ['BartForQuestionAnswering'],
      model_type: 'bart',
    });
    expect(bartFamily.limits(config)).toEqual({ vocabSize: 7, maxPositions: 4 });
  });

  it('loads a language model without its head, with and without the prefix', async () => {
    const file = await languageModelFile();
    const bare = new Map([...file].map(([name, tensor]) => [name.replace(/^model\./, ''), tensor]));
    for (const tensors of [file, bare]) {
      const base = bartFamily.create(config, 'base', checkpointParameters(tensors, names('base')));
      expect(base).toBeInstanceOf(BartModel);
      disposeModule(base);
    }
  });

  it('finds the tied table under the name of any of its copies, and has no final bias where the file has none', async () => {
    const file = await languageModelFile();
    const shared = file.get('model.shared.weight');
    if (shared === undefined) throw new Error('The file has no model.shared.weight.');
    file.delete('model.shared.weight');
    file.delete('final_logits_bias');
    file.set('model.decoder.embed_tokens.weight', shared);
    const source = checkpointParameters(file, names('conditional-generation'));
    const model = bartFamily.create(config, 'conditional-generation', source);
    expect(model.model.tokenEmbedding.weight.dataSync()).toEqual(shared.data);
    expect(model.finalLogitsBias).toBeAllClose([0, 0, 0, 0, 0, 0, 0], {});
    disposeModule(model);
  });

  it('takes a new head from elsewhere and says so', async () => {
    const missing: string[] = [];
    const source = checkpointParameters(await languageModelFile(), names('sequence-classification'), {
      missing: placeholderParameters(),
      onMissing: (path) => missing.push(path),
    });
    const classifier = bartFamily.create(config, 'sequence-classification', source);
    expect(missing).toEqual(
      ['dense.weight', 'dense.bias', 'output.weight', 'output.bias'].map((path) => `classificationHead.${path}`),
    );
    disposeModule(classifier);
  });

  it('begins with normal weights, a zero row for padding, and neutral normalizations', () => {
    const model = bartFamily.create(config, 'base', randomParameters(RandomKey.fromSeed(1)));
    tf.tidy(() => {
      const row = tf.slice(model.tokenEmbedding.weight, [config.padTokenId, 0], [1, -1]);
      expect(row).toBeAllClose(tf.zeros([1, 8]), {});
      for (const [path, parameter] of Object.entries(parametersOf(model))) {
        const { mean, variance } = tf.moments(parameter);
        const deviation = Math.sqrt(variance.dataSync()[0] ?? NaN);
        if (path.endsWith('orm.weight')) expect(mean, path).toBeAllClose(1, {});
        else if (path.endsWith('.bias')) expect(parameter, path).toBeAllClose(tf.zeros(parameter.shape), {});
        else expect(deviation, path).toSatisfy((value: number) => value > 0.012 && value < 0.028);
      }
    });
    disposeModule(model);
  });
});
