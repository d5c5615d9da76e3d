import {
  checkpointParameters,
  disposeModule,
  parametersOf,
  placeholderParameters,
  toCheckpointTensors,
  unexpectedNames,
} from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { glmFamily } from './family.ts';
import { GlmModel } from './model.ts';
import { glmTiny } from './presets.ts';

const config = {
  ...glmFamily.withSettings(glmTiny, { vocabSize: 7, maxPositions: 4, dropout: 0.3, numLabels: 3, padTokenId: 2 }),
  hiddenSize: 8,
  numHeads: 2,
};

describe('glmFamily', () => {
  leaksNoTensors();

  it('changes settings and keeps the others', () => {
    expect(config).toMatchObject({
      vocabSize: 7,
      maxPositions: 4,
      embeddingDropout: 0.3,
      attentionDropout: 0.3,
      hiddenDropout: 0.3,
      numLabels: 3,
      padTokenId: 2,
      numLayers: 2,
    });
    expect(glmFamily.withSettings(config, {})).toEqual(config);
    expect(glmFamily.limits(config)).toEqual({ vocabSize: 7, maxPositions: 4 });
  });

  it('names the published class of each task', () => {
    expect(glmFamily.toConfigJson(config, 'multiple-choice')).toMatchObject({
      architectures: ['GLMForMultipleChoice'],
      model_type: 'glm-block',
    });
  });

  it('loads a language model without its head, with and without the prefix', async () => {
    const trained = glmFamily.create(config, 'blank-infilling', placeholderParameters());
    const names = glmFamily.checkpointNames(config, 'blank-infilling');
    const tensors = await toCheckpointTensors(parametersOf(trained), names);
    const prefixed = new Map([...tensors].map(([name, tensor]) => [`glm.${name}`, tensor]));
    for (const file of [tensors, prefixed]) {
      const base = glmFamily.create(
        config,
        'base',
        checkpointParameters(file, glmFamily.checkpointNames(config, 'base')),
      );
      expect(base).toBeInstanceOf(GlmModel);
      disposeModule(base);
    }
    expect(unexpectedNames(['glm.word_embeddings.weight', 'prompt_spell.weight'], names)).toEqual([
      'prompt_spell.weight',
    ]);
    disposeModule(trained);
  });

  it('takes a new classification head from elsewhere and says so', async () => {
    const trained = glmFamily.create(config, 'blank-infilling', placeholderParameters());
    const tensors = await toCheckpointTensors(
      parametersOf(trained),
      glmFamily.checkpointNames(config, 'blank-infilling'),
    );
    const missing: string[] = [];
    const source = checkpointParameters(tensors, glmFamily.checkpointNames(config, 'sequence-classification'), {
      missing: placeholderParameters(),
      onMissing: (path) => missing.push(path),
    });
    const classifier = glmFamily.create(config, 'sequence-classification', source);
    expect(missing).toEqual(['dense.weight', 'dense.bias', 'output.weight', 'output.bias']);
    disposeModule(trained);
    disposeModule(classifier);
  });
});
