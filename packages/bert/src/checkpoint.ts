import type { CheckpointEntry, CheckpointNames } from '@cloze/core';
import type { BertConfig } from './config.ts';

type Entries = Readonly<Record<string, CheckpointEntry>>;

const EMBEDDINGS: Entries = {
  'embeddings.tokens.weight': { name: 'embeddings.word_embeddings.weight' },
  'embeddings.positions.weight': { name: 'embeddings.position_embeddings.weight' },
  'embeddings.tokenTypes.weight': { name: 'embeddings.token_type_embeddings.weight' },
  ...norm('embeddings.norm', 'embeddings.LayerNorm'),
};

/** Below the layer on both sides. */
const LAYER: Entries = {
  ...linear('attention.query', 'attention.self.query'),
  ...linear('attention.key', 'attention.self.key'),
  ...linear('attention.value', 'attention.self.value'),
  ...linear('attention.output', 'attention.output.dense'),
  ...norm('attentionNorm', 'attention.output.LayerNorm'),
  ...linear('feedForward.up', 'intermediate.dense'),
  ...linear('feedForward.down', 'output.dense'),
  ...norm('feedForwardNorm', 'output.LayerNorm'),
};

const POOLER: Entries = linear('pooler.dense', 'pooler.dense');

const PREDICTIONS: Entries = {
  ...linear('predictions.transform', 'cls.predictions.transform.dense'),
  ...norm('predictions.norm', 'cls.predictions.transform.LayerNorm'),
  'predictions.bias': { name: 'cls.predictions.bias' },
};

const NEXT_SENTENCE: Entries = linear('nextSentence', 'cls.seq_relationship');

const CLASSIFIER: Entries = linear('classifier', 'classifier');

/** The tasks of the family. */
export type BertTask =
  | 'base'
  | 'pre-training'
  | 'masked-language-modeling'
  | 'next-sentence-prediction'
  | 'sequence-classification'
  | 'token-classification'
  | 'question-answering'
  | 'multiple-choice';

/** What stands on the layers, by task. */
const HEADS: Readonly<Record<BertTask, { readonly hasPooler: boolean; readonly head: Entries }>> = {
  base: { hasPooler: true, head: {} },
  'pre-training': { hasPooler: true, head: { ...PREDICTIONS, ...NEXT_SENTENCE } },
  'masked-language-modeling': { hasPooler: false, head: PREDICTIONS },
  'next-sentence-prediction': { hasPooler: true, head: NEXT_SENTENCE },
  'sequence-classification': { hasPooler: true, head: CLASSIFIER },
  'token-classification': { hasPooler: false, head: CLASSIFIER },
  'question-answering': { hasPooler: false, head: linear('span', 'qa_outputs') },
  'multiple-choice': { hasPooler: true, head: CLASSIFIER },
};

/**
 * Where each parameter stands in published BERT files. Those of `BertModel` itself lack the prefix `bert.`; files with and without it are read. What
 * a pre-trained file holds beyond the model is passed over: the pooler and the pre-training heads where the task has none.
 */
export function bertCheckpointNames({ numLayers }: BertConfig, task: BertTask): CheckpointNames {
  const { hasPooler, head } = HEADS[task];
  const layers = Array.from({ length: numLayers }, (_, index) =>
    Object.entries(below(LAYER, `layers.${index}.`, `encoder.layer.${index}.`)),
  );
  const stem = { ...EMBEDDINGS, ...Object.fromEntries(layers.flat()), ...(hasPooler ? POOLER : {}) };
  return {
    entries: { ...(task === 'base' ? stem : below(stem, 'model.', 'bert.')), ...head },
    optionalPrefix: 'bert.',
    // Position ids, copies of tied tensors, and what other tasks need.
    ignored: [/^embeddings\.position_ids$/, /^cls\./, ...(hasPooler ? [] : [/^pooler\.dense\.(weight|bias)$/])],
  };
}

/** PyTorch's `Linear` holds [out, in]. */
function linear(path: string, name: string): Entries {
  return {
    [`${path}.weight`]: { name: `${name}.weight`, transpose: true },
    [`${path}.bias`]: { name: `${name}.bias` },
  };
}

/** Files that come from TensorFlow call gain and bias gamma and beta. */
function norm(path: string, name: string): Entries {
  return {
    [`${path}.weight`]: { name: `${name}.weight`, aliases: [`${name}.gamma`] },
    [`${path}.bias`]: { name: `${name}.bias`, aliases: [`${name}.beta`] },
  };
}

/** The same entries, one level deeper on both sides. */
function below(entries: Entries, path: string, name: string): Entries {
  return Object.fromEntries(
    Object.entries(entries).map(([ours, { aliases, ...entry }]) => [
      `${path}${ours}`,
      {
        ...entry,
        name: `${name}${entry.name}`,
        ...(aliases && { aliases: aliases.map((alias) => `${name}${alias}`) }),
      },
    ]),
  );
}
