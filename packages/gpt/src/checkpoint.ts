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

/** The other name of the token table, which is also the language modeling head; GPT-1 with double heads is published under it. */
const TIED_TABLE = 'lm_head.weight';

/** The heads by task; the language modeling head is the token table. All matrices are [out, in] (`Linear`). */
const HEAD_NAMES: Readonly<Record<string, Readonly<Record<string, CheckpointEntry>>>> = {
  'sequence-classification': { 'score.weight': { name: 'score.weight', transpose: true } },
  'token-classification': {
    'classifier.weight': { name: 'classifier.weight', transpose: true },
    'classifier.bias': { name: 'classifier.bias' },
  },
  'question-answering': {
    'spans.weight': { name: 'qa_outputs.weight', transpose: true },
    'spans.bias': { name: 'qa_outputs.bias' },
  },
  'double-heads': {
    'choiceScore.weight': { name: 'multiple_choice_head.summary.weight', transpose: true },
    'choiceScore.bias': { name: 'multiple_choice_head.summary.bias' },
  },
};

/** Where each parameter stands in published GPT files. The published `gpt2` lacks the prefix `transformer.`; newer files have it. */
export function gptCheckpointNames({ architecture, numLayers }: GptConfig, task: string): CheckpointNames {
  const layers = Array.from({ length: numLayers }, (_, index) =>
    Object.entries(LAYER_NAMES).map(
      ([ours, published]) => [`layers.${index}.${ours}`, `h.${index}.${published}`] as const,
    ),
  ).flat();
  const stem = [...Object.entries(EMBEDDING_NAMES[architecture]), ...layers];
  const prefix = task === 'base' ? '' : 'model.';
  const entries = Object.fromEntries(
    stem.map(([ours, published]): [string, CheckpointEntry] => [
      `${prefix}${ours}`,
      { name: `transformer.${published}`, ...(ours === 'tokenEmbedding.weight' && { aliases: [TIED_TABLE] }) },
    ]),
  );
  return {
    entries: { ...entries, ...HEAD_NAMES[task] },
    optionalPrefix: 'transformer.',
    // The causal mask as buffers, the position ids of GPT-1, and the tied output projection.
    ignored: [/^h\.\d+\.attn\.(masked_)?bias$/, /^position_ids$/, /^lm_head\.weight$/],
  };
}
