import {
  checkpointParameters,
  disposeModule,
  placeholderParameters,
  parametersOf,
  toCheckpointTensors,
} from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { gptFamily } from './family.ts';
import { GptModel } from './model.ts';
import { gpt1 } from './presets.ts';

const nano = gptFamily.presets['nano'];
if (nano === undefined) throw new Error('There is no preset nano.');
const config = {
  ...gptFamily.withSettings(nano, { vocabSize: 7, maxPositions: 4, dropout: 0.3, numLabels: 3 }),
  hiddenSize: 8,
  numHeads: 2,
};

describe('gptFamily', () => {
  leaksNoTensors();

  it('changes settings and keeps the others', () => {
    expect(config).toMatchObject({
      vocabSize: 7,
      maxPositions: 4,
      embeddingDropout: 0.3,
      hiddenDropout: 0.3,
      classifierDropout: 0.3,
      summaryDropout: 0.3,
      numLayers: 4,
    });
    expect(gptFamily.limits(config)).toEqual({ vocabSize: 7, maxPositions: 4 });
  });

  it('names the published class of each task', () => {
    expect(gptFamily.toConfigJson(config, 'sequence-classification')).toMatchObject({
      architectures: ['GPT2ForSequenceClassification'],
      model_type: 'gpt2',
    });
    expect(gptFamily.toConfigJson(gpt1, 'double-heads')).toMatchObject({
      architectures: ['OpenAIGPTDoubleHeadsModel'],
    });
    expect(gptFamily.toConfigJson(gpt1, 'token-classification')).toMatchObject({ architectures: [] });
  });

  it('loads a language model without its head, with and without the prefix', async () => {
    const trained = gptFamily.create(config, 'causal-language-modeling', placeholderParameters());
    const tensors = await toCheckpointTensors(
      parametersOf(trained),
      gptFamily.checkpointNames(config, 'causal-language-modeling'),
    );
    const bare = new Map([...tensors].map(([name, tensor]) => [name.replace('transformer.', ''), tensor]));
    for (const file of [tensors, bare]) {
      const base = gptFamily.create(
        config,
        'base',
        checkpointParameters(file, gptFamily.checkpointNames(config, 'base')),
      );
      expect(base).toBeInstanceOf(GptModel);
      disposeModule(base);
    }
    disposeModule(trained);
  });

  it('takes a new classification head from elsewhere and says so', async () => {
    const trained = gptFamily.create(config, 'causal-language-modeling', placeholderParameters());
    const tensors = await toCheckpointTensors(
      parametersOf(trained),
      gptFamily.checkpointNames(config, 'causal-language-modeling'),
    );
    const missing: string[] = [];
    const source = checkpointParameters(tensors, gptFamily.checkpointNames(config, 'sequence-classification'), {
      missing: placeholderParameters(),
      onMissing: (path) => missing.push(path),
    });
    const classifier = gptFamily.create(config, 'sequence-classification', source);
    expect(missing).toEqual(['score.weight']);
    disposeModule(trained);
    disposeModule(classifier);
  });
});
