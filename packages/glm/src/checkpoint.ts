import type { CheckpointEntry, CheckpointNames } from '@cloze/core';
import type { GlmConfig } from './config.ts';
import type { GlmModels } from './heads.ts';

const OUTER: Readonly<Record<string, CheckpointEntry>> = {
  'embeddings.tokens.weight': { name: 'word_embeddings.weight' },
  'embeddings.positions.weight': { name: 'transformer.position_embeddings.weight' },
  'embeddings.blockPositions.weight': { name: 'transformer.block_position_embeddings.weight' },
  'finalNorm.weight': { name: 'transformer.final_layernorm.weight' },
  'finalNorm.bias': { name: 'transformer.final_layernorm.bias' },
};

/** Both sides below the layer. PyTorch's `Linear` holds [out, in], ours [in, out]. */
const LAYER: Readonly<Record<string, CheckpointEntry>> = {
  'attentionNorm.weight': { name: 'input_layernorm.weight' },
  'attentionNorm.bias': { name: 'input_layernorm.bias' },
  'attention.queryKeyValue.weight': { name: 'attention.query_key_value.weight', transpose: true },
  'attention.queryKeyValue.bias': { name: 'attention.query_key_value.bias' },
  'attention.output.weight': { name: 'attention.dense.weight', transpose: true },
  'attention.output.bias': { name: 'attention.dense.bias' },
  'feedForwardNorm.weight': { name: 'post_attention_layernorm.weight' },
  'feedForwardNorm.bias': { name: 'post_attention_layernorm.bias' },
  'feedForward.up.weight': { name: 'mlp.dense_h_to_4h.weight', transpose: true },
  'feedForward.up.bias': { name: 'mlp.dense_h_to_4h.bias' },
  'feedForward.down.weight': { name: 'mlp.dense_4h_to_h.weight', transpose: true },
  'feedForward.down.bias': { name: 'mlp.dense_4h_to_h.bias' },
};

const CLASSIFIER: Readonly<Record<string, CheckpointEntry>> = {
  'dense.weight': { name: 'dense.weight', transpose: true },
  'dense.bias': { name: 'dense.bias' },
  'output.weight': { name: 'out_proj.weight', transpose: true },
  'output.bias': { name: 'out_proj.bias' },
};

/** Where each parameter stands in published files, which have the prefix `glm.` or lack it; both are read. */
export function glmCheckpointNames({ numLayers }: GlmConfig, task: keyof GlmModels): CheckpointNames {
  const field = task === 'base' ? '' : 'model.';
  // Beside a head, the authors' loading code needs the prefix to tell the model from it.
  const prefix = task === 'sequence-classification' ? 'glm.' : '';
  const place = (names: typeof OUTER, ours: string, published: string): [string, CheckpointEntry][] =>
    Object.entries(names).map(([path, entry]) => [`${ours}${path}`, { ...entry, name: `${published}${entry.name}` }]);
  const layers = Array.from({ length: numLayers }, (_, index) =>
    place(LAYER, `${field}layers.${index}.`, `${prefix}transformer.layers.${index}.`),
  );
  const stem = Object.fromEntries([...place(OUTER, field, prefix), ...layers.flat()]);
  const head = task === 'sequence-classification' ? CLASSIFIER : {};
  return { entries: { ...stem, ...head }, optionalPrefix: 'glm.' };
}
