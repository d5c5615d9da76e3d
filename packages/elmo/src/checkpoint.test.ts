import { describe, expect, it } from 'vitest';
import { elmoCheckpointNames } from './checkpoint.ts';
import { elmoOriginal } from './presets.ts';

describe('elmoCheckpointNames', () => {
  it('maps fields to published names', () => {
    const { entries } = elmoCheckpointNames(elmoOriginal, 'model.');
    expect(entries['model.characterCnn.convolutions.6.weight']).toEqual({
      name: 'CNN/W_cnn_6',
      fileShape: [1, 7, 16, 1024],
    });
    expect(entries['model.characterCnn.highways.1.carry.bias']).toEqual({ name: 'CNN_high_1/b_carry' });
    expect(entries['model.encoder.backwardLayers.1.projection']).toEqual({
      name: 'RNN_1/RNN/MultiRNNCell/Cell1/LSTMCell/W_P_0',
    });
    expect(entries['mix.scalars.2']).toEqual({ name: 'scalar_mix_0.scalar_parameters.2' });
  });

  it('names nothing but the model where there is no head', () => {
    const { entries } = elmoCheckpointNames(elmoOriginal, '');
    expect(entries['characterCnn.characters.weight']).toEqual({ name: 'char_embed' });
    expect(Object.keys(entries).filter((path) => !/^(characterCnn|encoder)\./.test(path))).toEqual([]);
  });
});
