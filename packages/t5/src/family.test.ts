import {
  disposeModule,
  parametersOf,
  placeholderParameters,
  toCheckpointTensors,
  checkpointParameters,
} from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { t5Family } from './family.ts';
import { t5Tiny, t5V11Small } from './presets.ts';

const config = { ...t5Tiny, vocabSize: 7, hiddenSize: 4, headSize: 2, intermediateSize: 6, numBuckets: 4 };

describe('t5Family', () => {
  leaksNoTensors();

  it('changes settings and keeps the others', () => {
    const tokens = { padTokenId: 3, eosTokenId: 4, bosTokenId: 9 };
    const settings = { vocabSize: 50, maxPositions: 32, numLabels: 5, dropout: 0.3, ...tokens };
    const changed = t5Family.withSettings(t5V11Small, settings);
    expect(changed).toEqual({
      ...t5V11Small,
      vocabSize: 50,
      maxPositions: 32,
      numLabels: 5,
      dropout: 0.3,
      classifierDropout: 0.3,
      padTokenId: 3,
      decoderStartTokenId: 3,
      eosTokenId: 4,
    });
    expect(t5Family.withSettings(t5V11Small, {})).toEqual(t5V11Small);
    expect(t5Family.limits(changed)).toEqual({ vocabSize: 50, maxPositions: 32 });
  });

  it('names the published class of each task', () => {
    expect(t5Family.toConfigJson(config, 'conditional-generation')).toMatchObject({
      architectures: ['T5ForConditionalGeneration'],
      is_encoder_decoder: true,
    });
    expect(t5Family.toConfigJson(config, 'encoder')).toMatchObject({
      architectures: ['T5EncoderModel'],
      is_encoder_decoder: false,
    });
  });

  it.each([
    ['base', []],
    ['encoder', []],
    ['sequence-classification', ['dense.weight', 'dense.bias', 'output.weight', 'output.bias']],
    ['token-classification', ['score.weight', 'score.bias']],
    ['question-answering', ['score.weight', 'score.bias']],
  ] as const)('takes the stem of %s out of a pre-trained model', async (task, head) => {
    const untied = { ...config, isTied: false };
    const trained = t5Family.create(untied, 'conditional-generation', placeholderParameters());
    const names = t5Family.checkpointNames(untied, 'conditional-generation');
    const tensors = await toCheckpointTensors(parametersOf(trained), names);
    const missing: string[] = [];
    const source = checkpointParameters(tensors, t5Family.checkpointNames(untied, task), {
      missing: placeholderParameters(),
      onMissing: (path) => missing.push(path),
    });
    disposeModule(t5Family.create(untied, task, source));
    expect(missing.map((path) => path.replace('classificationHead.', ''))).toEqual(head);
    disposeModule(trained);
  });
});
