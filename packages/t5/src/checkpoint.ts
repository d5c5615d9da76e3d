import type { CheckpointEntry, CheckpointNames } from '@cloze/core';
import type { T5Config } from './config.ts';

/** Our names and the published ones below an attention, of [in, out] and [out, in] matrices. */
const ATTENTION = {
  'query.weight': 'q.weight',
  'key.weight': 'k.weight',
  'value.weight': 'v.weight',
  'output.weight': 'o.weight',
};

/** Below a feed-forward network: the gate is the first of two projections. */
const FEED_FORWARD = {
  plain: { 'up.weight': 'wi.weight', 'down.weight': 'wo.weight' },
  gated: { 'gate.weight': 'wi_0.weight', 'up.weight': 'wi_1.weight', 'down.weight': 'wo.weight' },
};

/** The blocks of a layer, in the order of the published `layer.0`, `layer.1`, ...: our field and the published one. */
const BLOCKS = {
  encoder: [
    ['attention', 'SelfAttention'],
    ['feedForward', 'DenseReluDense'],
  ],
  decoder: [
    ['attention', 'SelfAttention'],
    ['crossAttention', 'EncDecAttention'],
    ['feedForward', 'DenseReluDense'],
  ],
} as const;

/** The tasks of the family. */
export type T5Task =
  | 'base'
  | 'encoder'
  | 'conditional-generation'
  | 'sequence-classification'
  | 'token-classification'
  | 'question-answering';

/** What a model is made of: where its stem stands here and there, which stacks it has, and its head. */
interface Parts {
  readonly path: '' | 'model.';
  readonly published: '' | 'transformer.';
  readonly stacks: readonly ('encoder' | 'decoder')[];
  /** Our layers and the published ones. */
  readonly head: Readonly<Record<string, string>>;
}

const BOTH = ['encoder', 'decoder'] as const;

const PARTS: Readonly<Record<T5Task, Parts>> = {
  base: { path: '', published: '', stacks: BOTH, head: {} },
  encoder: { path: '', published: '', stacks: ['encoder'], head: {} },
  'conditional-generation': { path: 'model.', published: '', stacks: BOTH, head: { head: 'lm_head' } },
  'sequence-classification': {
    path: 'model.',
    published: 'transformer.',
    stacks: BOTH,
    head: {
      'classificationHead.dense': 'classification_head.dense',
      'classificationHead.output': 'classification_head.out_proj',
    },
  },
  'token-classification': {
    path: 'model.',
    published: 'transformer.',
    stacks: ['encoder'],
    head: { score: 'classifier' },
  },
  'question-answering': { path: 'model.', published: '', stacks: BOTH, head: { score: 'qa_outputs' } },
};

/** Where each parameter of a task's model stands in published T5 files. Supervised heads also find theirs in files of the pre-trained model. */
export function t5CheckpointNames(config: T5Config, task: T5Task): CheckpointNames {
  const { path, published, stacks, head } = PARTS[task];
  const stem: [path: string, entry: CheckpointEntry][] = [
    [
      'tokenEmbedding.weight',
      {
        name: 'shared.weight',
        aliases: [`${published}encoder.embed_tokens.weight`, `${published}decoder.embed_tokens.weight`],
      },
    ],
    ...stacks.flatMap((stack) => stackEntries(config, stack)),
  ];
  return {
    entries: {
      ...Object.fromEntries(
        stem.map(([below, entry]) => [`${path}${below}`, { ...entry, name: `${published}${entry.name}` }]),
      ),
      ...(task === 'conditional-generation' && config.isTied ? {} : headEntries(head)),
    },
    ...(published !== '' && { optionalPrefix: published }),
    ignored: [
      // A table that the authors never used.
      /^decoder\.block\.0\.layer\.1\.EncDecAttention\.relative_attention_bias\.weight$/,
      ...(stacks.includes('decoder') ? [] : [/^decoder\./]),
      ...(task === 'conditional-generation' ? [] : [/^lm_head\.weight$/]),
    ],
  };
}

function headEntries(head: Parts['head']): Record<string, CheckpointEntry> {
  const layers = Object.entries(head).flatMap(([ours, theirs]): [path: string, entry: CheckpointEntry][] => [
    [`${ours}.weight`, { name: `${theirs}.weight`, transpose: true }],
    // The output projection alone has no bias, and asks for none.
    [`${ours}.bias`, { name: `${theirs}.bias` }],
  ]);
  return Object.fromEntries(layers);
}

function stackEntries(config: T5Config, stack: 'encoder' | 'decoder'): [path: string, entry: CheckpointEntry][] {
  const numLayers = stack === 'encoder' ? config.numEncoderLayers : config.numDecoderLayers;
  const layers = Array.from({ length: numLayers }, (_, index) =>
    BLOCKS[stack].flatMap(([field, published], block) => {
      const weights = field === 'feedForward' ? FEED_FORWARD[config.isGated ? 'gated' : 'plain'] : ATTENTION;
      return blockEntries(`${stack}.layers.${index}.${field}`, {
        block: `${stack}.block.${index}.layer.${block}`,
        published,
        weights,
      });
    }),
  );
  const biasName = `${stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`;
  return [
    [`${stack}.relativePositionBias.table.weight`, { name: biasName }],
    ...layers.flat(),
    [`${stack}.finalNorm.weight`, { name: `${stack}.final_layer_norm.weight` }],
  ];
}

/** The matrices of a block and the normalization before it. */
function blockEntries(
  path: string,
  { block, published, weights }: { block: string; published: string; weights: Readonly<Record<string, string>> },
): [path: string, entry: CheckpointEntry][] {
  return [
    ...Object.entries(weights).map(([ours, theirs]): [string, CheckpointEntry] => [
      `${path}.${ours}`,
      { name: `${block}.${published}.${theirs}`, transpose: true },
    ]),
    [`${path}Norm.weight`, { name: `${block}.layer_norm.weight` }],
  ];
}
