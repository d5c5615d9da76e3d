import type { CheckpointEntry, CheckpointNames } from '@cloze/core';
import type { ElmoConfig } from './config.ts';

type Entries = readonly (readonly [path: string, entry: CheckpointEntry])[];

/**
 * Where each parameter stands in published ELMo files: HDF5, or safetensors with the same names. All matrices are [in, out] on both sides.
 *
 * Two things that differ between programs are no matter of the table, because the model does what bilm-tf does: it adds the 1 of the forget gate when it
 * runs, and has no row for masked words. The softmax has the names of bilm-tf's training checkpoints, the mix those of AllenNLP.
 *
 * @param prefix `model.` for models with a head, empty for `ElmoModel` itself.
 */
export function elmoCheckpointNames(config: ElmoConfig, prefix: '' | 'model.'): CheckpointNames {
  const stem = [...characterEntries(config), ...lstmEntries(config)];
  const entries = stem.map(([path, entry]) => [`${prefix}${path}`, entry] as const);
  return { entries: Object.fromEntries([...entries, ...(prefix === '' ? [] : headEntries(config))]) };
}

function characterEntries({ filters, characterEmbeddingSize, numHighwayLayers }: ElmoConfig): Entries {
  const convolutions = filters.flatMap(({ width, count }, index): Entries => [
    [
      `characterCnn.convolutions.${index}.weight`,
      { name: `CNN/W_cnn_${index}`, fileShape: [1, width, characterEmbeddingSize, count] },
    ],
    [`characterCnn.convolutions.${index}.bias`, { name: `CNN/b_cnn_${index}` }],
  ]);
  const highways = Array.from({ length: numHighwayLayers }, (_, index) =>
    ['carry', 'transform'].flatMap((gate): Entries => [
      [`characterCnn.highways.${index}.${gate}.weight`, { name: `CNN_high_${index}/W_${gate}` }],
      [`characterCnn.highways.${index}.${gate}.bias`, { name: `CNN_high_${index}/b_${gate}` }],
    ]),
  ).flat();
  return [
    ['characterCnn.characters.weight', { name: 'char_embed' }],
    ...convolutions,
    ...highways,
    ['characterCnn.projection.weight', { name: 'CNN_proj/W_proj' }],
    ['characterCnn.projection.bias', { name: 'CNN_proj/b_proj' }],
  ];
}

function lstmEntries({ numLayers }: ElmoConfig): Entries {
  return ['forwardLayers', 'backwardLayers'].flatMap((direction, number) =>
    Array.from({ length: numLayers }, (_, index): Entries => {
      const published = `RNN_${number}/RNN/MultiRNNCell/Cell${index}/LSTMCell`;
      return [
        [`encoder.${direction}.${index}.weight`, { name: `${published}/W_0` }],
        [`encoder.${direction}.${index}.bias`, { name: `${published}/B` }],
        [`encoder.${direction}.${index}.projection`, { name: `${published}/W_P_0` }],
      ];
    }).flat(),
  );
}

function headEntries({ numLayers }: ElmoConfig): Entries {
  return [
    ['softmax.words.weight', { name: 'softmax/W' }],
    ['softmax.bias', { name: 'softmax/b' }],
    ...Array.from(
      { length: numLayers + 1 },
      (_, index) => [`mix.scalars.${index}`, { name: `scalar_mix_0.scalar_parameters.${index}` }] as const,
    ),
    ['mix.gamma', { name: 'scalar_mix_0.gamma' }],
    ['score.weight', { name: 'score.weight' }],
    ['score.bias', { name: 'score.bias' }],
  ];
}
