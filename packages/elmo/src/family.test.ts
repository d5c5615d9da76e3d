import {
  checkpointParameters,
  disposeModule,
  parametersOf,
  placeholderParameters,
  toCheckpointTensors,
} from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { elmoFamily } from './family.ts';
import { elmoTiny } from './presets.ts';

const config = elmoFamily.withSettings({ ...elmoTiny, hiddenSize: 4, memorySize: 6 }, { vocabSize: 7, numLabels: 3 });

describe('elmoFamily', () => {
  leaksNoTensors();

  it('says what it is', () => {
    expect(elmoFamily.limits(config)).toEqual({ vocabSize: 7, maxPositions: Number.MAX_SAFE_INTEGER });
    expect(elmoFamily.toConfigJson(config, 'token-classification')).toMatchObject({
      model_type: 'elmo',
      architectures: ['ElmoForTokenClassification'],
    });
    expect(Object.keys(elmoFamily.presets)).toEqual(['tiny', 'mini', 'small', 'medium', 'original']);
  });

  it('loads a language model for an end task, whose mix and head come from elsewhere', async () => {
    const trained = elmoFamily.create(config, 'bidirectional-language-modeling', placeholderParameters());
    const names = elmoFamily.checkpointNames(config, 'bidirectional-language-modeling');
    const tensors = await toCheckpointTensors(parametersOf(trained), names);
    const missing: string[] = [];
    const source = checkpointParameters(tensors, elmoFamily.checkpointNames(config, 'sequence-classification'), {
      missing: placeholderParameters(),
      onMissing: (path) => missing.push(path),
    });
    const classifier = elmoFamily.create(config, 'sequence-classification', source);
    expect(missing).toEqual([
      'mix.scalars.0',
      'mix.scalars.1',
      'mix.scalars.2',
      'mix.gamma',
      'score.weight',
      'score.bias',
    ]);
    expect(Object.keys(parametersOf(classifier, (path) => !path.startsWith('model.')))).toEqual(missing);
    disposeModule(trained);
    disposeModule(classifier);
  });
});
