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

/** What a file may hold that is no parameter of the model: copies, a table that the authors never used, and parts that the model does not have. */
const IGNORED = {
  base: [/^decoder\.block\.0\.layer\.1\.EncDecAttention\.relative_attention_bias\.weight$/],
  encoder: [/^decoder\./, /^lm_head\.weight$/],
  withoutHead: [/^lm_head\.weight$/],
};

/** Which models have which parameters. */
export interface T5CheckpointOptions {
  /** `model.` for models with a head, empty for `T5Model` and `T5EncoderModel`. */
  readonly prefix: '' | 'model.';
  readonly stacks: readonly ('encoder' | 'decoder')[];
}

/** Where each parameter stands in published T5 files. */
export function t5CheckpointNames(config: T5Config, { prefix, stacks }: T5CheckpointOptions): CheckpointNames {
  const hasHead = prefix !== '' && !config.isTied;
  const stem = stacks.flatMap((stack) => stackEntries(config, stack));
  return {
    entries: {
      [`${prefix}tokenEmbedding.weight`]: {
        name: 'shared.weight',
        aliases: ['encoder.embed_tokens.weight', 'decoder.embed_tokens.weight'],
      },
      ...Object.fromEntries(stem.map(([path, entry]) => [`${prefix}${path}`, entry])),
      ...(hasHead && { 'head.weight': { name: 'lm_head.weight', transpose: true } }),
    },
    ignored: [
      ...IGNORED.base,
      ...(stacks.includes('decoder') ? [] : IGNORED.encoder),
      ...(prefix === '' ? IGNORED.withoutHead : []),
    ],
  };
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
