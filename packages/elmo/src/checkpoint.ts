import type { CheckpointEntry, CheckpointNames } from '@cloze/core';
import type { ElmoConfig } from './config.ts';

/** Where each parameter of a Elmo stands in published files. PyTorch's `Linear` holds [out, in], ours [in, out]. */
export function elmoCheckpointNames({ numLayers }: ElmoConfig): CheckpointNames {
  const layers = Array.from({ length: numLayers }, (_, index) =>
    Object.entries(LAYER).map(([path, entry]): [string, CheckpointEntry] => [
      `model.layers.${index}.${path}`,
      { ...entry, name: `model.layers.${index}.${entry.name}` },
    ]),
  );
  return { entries: { ...OUTER, ...Object.fromEntries(layers.flat()) } };
}

const OUTER: Readonly<Record<string, CheckpointEntry>> = {
  'model.embeddings.tokens.weight': { name: 'model.embed_tokens.weight' },
  'model.embeddings.positions.weight': { name: 'model.embed_positions.weight' },
  'model.finalNorm.weight': { name: 'model.norm.weight' },
  'model.finalNorm.bias': { name: 'model.norm.bias' },
};

const LAYER: Readonly<Record<string, CheckpointEntry>> = {
  'attention.query.weight': { name: 'self_attn.q_proj.weight', transpose: true },
  'attention.query.bias': { name: 'self_attn.q_proj.bias' },
  'attention.key.weight': { name: 'self_attn.k_proj.weight', transpose: true },
  'attention.key.bias': { name: 'self_attn.k_proj.bias' },
  'attention.value.weight': { name: 'self_attn.v_proj.weight', transpose: true },
  'attention.value.bias': { name: 'self_attn.v_proj.bias' },
  'attention.output.weight': { name: 'self_attn.o_proj.weight', transpose: true },
  'attention.output.bias': { name: 'self_attn.o_proj.bias' },
  'attentionNorm.weight': { name: 'input_layernorm.weight' },
  'attentionNorm.bias': { name: 'input_layernorm.bias' },
  'feedForward.up.weight': { name: 'mlp.up_proj.weight', transpose: true },
  'feedForward.up.bias': { name: 'mlp.up_proj.bias' },
  'feedForward.down.weight': { name: 'mlp.down_proj.weight', transpose: true },
  'feedForward.down.bias': { name: 'mlp.down_proj.bias' },
  'feedForwardNorm.weight': { name: 'post_attention_layernorm.weight' },
  'feedForwardNorm.bias': { name: 'post_attention_layernorm.bias' },
};
