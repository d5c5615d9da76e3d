import type { CheckpointEntry, CheckpointNames } from '@cloze/core';
import type { GptConfig } from './config.ts';

/** Our names and the published ones of a layer, both below the layer. All matrices are [in, out] on both sides (`Conv1D`). */
const LAYER_NAMES = {
  'attention.queryKeyValue.weight': 'attn.c_attn.weight',
  'attention.queryKeyValue.bias': 'attn.c_attn.bias',
  'attention.output.weight': 'attn.c_proj.weight',
  'attention.output.bias': 'attn.c_proj.bias',
  'attentionNorm.weight': 'ln_1.weight',
  'attentionNorm.bias': 'ln_1.bias',
  'feedForward.up.weight': 'mlp.c_fc.weight',
  'feedForward.up.bias': 'mlp.c_fc.bias',
  'feedForward.down.weight': 'mlp.c_proj.weight',
  'feedForward.down.bias': 'mlp.c_proj.bias',
  'feedForwardNorm.weight': 'ln_2.weight',
  'feedForwardNorm.bias': 'ln_2.bias',
};

const EMBEDDING_NAMES = {
  gpt: {
    'tokenEmbedding.weight': 'tokens_embed.weight',
    'positionEmbedding.weight': 'positions_embed.weight',
  },
  gpt2: {
    'tokenEmbedding.weight': 'wte.weight',
    'positionEmbedding.weight': 'wpe.weight',
    'finalNorm.weight': 'ln_f.weight',
    'finalNorm.bias': 'ln_f.bias',
  },
};

/**
 * Where each parameter stands in published GPT files. The published `gpt2` lacks the prefix `transformer.`; newer files have it.
 *
 * @param prefix `model.` for models with a head, empty for `GptModel` itself.
 */
export function gptCheckpointNames({ architecture, numLayers }: GptConfig, prefix: '' | 'model.'): CheckpointNames {
  const layers = Array.from({ length: numLayers }, (_, index) =>
    Object.entries(LAYER_NAMES).map(
      ([ours, published]) => [`layers.${index}.${ours}`, `h.${index}.${published}`] as const,
    ),
  ).flat();
  const stem = [...Object.entries(EMBEDDING_NAMES[architecture]), ...layers];
  const entries: Record<string, CheckpointEntry> = Object.fromEntries(
    stem.map(([ours, published]) => [`${prefix}${ours}`, { name: `transformer.${published}` }]),
  );
  if (prefix !== '') entries['score.weight'] = { name: 'score.weight', transpose: true };
  return {
    entries,
    optionalPrefix: 'transformer.',
    // The causal mask as buffers, the position ids of GPT-1, and the tied output projection.
    ignored: [/^h\.\d+\.attn\.(masked_)?bias$/, /^position_ids$/, /^lm_head\.weight$/],
  };
}
