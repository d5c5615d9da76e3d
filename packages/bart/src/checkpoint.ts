import type { CheckpointEntry, CheckpointNames } from '@cloze/core';
import type { BartConfig } from './config.ts';
import type { BartModels } from './family.ts';

/** Our fields and the published ones. PyTorch's linear layers hold [out, in], ours [in, out]. */
interface Part {
  readonly linears: Readonly<Record<string, string>>;
  readonly norms: Readonly<Record<string, string>>;
}

const ENCODER_LAYER: Part = {
  linears: {
    'attention.query': 'self_attn.q_proj',
    'attention.key': 'self_attn.k_proj',
    'attention.value': 'self_attn.v_proj',
    'attention.output': 'self_attn.out_proj',
    'feedForward.up': 'fc1',
    'feedForward.down': 'fc2',
  },
  norms: { attentionNorm: 'self_attn_layer_norm', feedForwardNorm: 'final_layer_norm' },
};

const DECODER_LAYER: Part = {
  linears: {
    ...ENCODER_LAYER.linears,
    'crossAttention.query': 'encoder_attn.q_proj',
    'crossAttention.key': 'encoder_attn.k_proj',
    'crossAttention.value': 'encoder_attn.v_proj',
    'crossAttention.output': 'encoder_attn.out_proj',
  },
  norms: { ...ENCODER_LAYER.norms, crossAttentionNorm: 'encoder_attn_layer_norm' },
};

const EMBEDDINGS: Part = { linears: {}, norms: { 'embeddings.norm': 'layernorm_embedding' } };

const HEADS: Readonly<Record<keyof BartModels, Part>> = {
  base: { linears: {}, norms: {} },
  'conditional-generation': { linears: {}, norms: {} },
  'sequence-classification': {
    linears: {
      'classificationHead.dense': 'classification_head.dense',
      'classificationHead.output': 'classification_head.out_proj',
    },
    norms: {},
  },
  'question-answering': { linears: { score: 'qa_outputs' }, norms: {} },
};

/** Where each parameter stands in published BART files. There as here, models with a head hold everything else below `model`. */
export function bartCheckpointNames(config: BartConfig, task: keyof BartModels): CheckpointNames {
  const below = task === 'base' ? '' : 'model.';
  const bias = { name: 'final_logits_bias', fileShape: [1, config.vocabSize], isBuffer: true };
  return {
    entries: {
      [`${below}tokenEmbedding.weight`]: {
        name: `${below}shared.weight`,
        // Files may hold one copy of the tied table, under any of its names.
        aliases: [`${below}encoder.embed_tokens.weight`, `${below}decoder.embed_tokens.weight`, 'lm_head.weight'],
      },
      ...stackEntries(ENCODER_LAYER, config.encoder.numLayers, `${below}encoder.`),
      ...stackEntries(DECODER_LAYER, config.decoder.numLayers, `${below}decoder.`),
      ...partEntries(HEADS[task], ''),
      ...(task === 'conditional-generation' && { finalLogitsBias: bias }),
    },
    optionalPrefix: 'model.',
    ignored: [/^(encoder|decoder)\.version$/, ...(task === 'conditional-generation' ? [] : [/^final_logits_bias$/])],
  };
}

type Entries = Record<string, CheckpointEntry>;

function stackEntries(layer: Part, numLayers: number, below: string): Entries {
  const entries = partEntries(EMBEDDINGS, below);
  entries[`${below}embeddings.positions.weight`] = { name: `${below}embed_positions.weight` };
  for (let index = 0; index < numLayers; index++) {
    Object.assign(entries, partEntries(layer, `${below}layers.${index}.`));
  }
  return entries;
}

function partEntries({ linears, norms }: Part, below: string): Entries {
  const entries: Entries = {};
  for (const [ours, published] of Object.entries({ ...linears, ...norms })) {
    const weight = { name: `${below}${published}.weight` };
    entries[`${below}${ours}.weight`] = Object.hasOwn(linears, ours) ? { ...weight, transpose: true } : weight;
    entries[`${below}${ours}.bias`] = { name: `${below}${published}.bias` };
  }
  return entries;
}
