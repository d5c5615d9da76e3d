import { ConfigReader, LIMITS, type FamilySettings } from '@cloze/core';

/** Convolutions over the characters of a word. */
export interface CharacterFilter {
  /** In characters. */
  readonly width: number;
  /** How many features they find. */
  readonly count: number;
}

/** The sizes and settings of an ELMo model. */
export interface ElmoConfig {
  /** Words that are predicted, the most frequent first; only the language modeling head has a size that depends on it. */
  readonly vocabSize: number;
  /** Width of what each direction passes on, to the next word and to the next layer; both together are twice as wide. */
  readonly hiddenSize: number;
  /** Width of the LSTMs' memory. */
  readonly memorySize: number;
  /** Layers of each direction. */
  readonly numLayers: number;
  /** Bound of the memory's magnitude; undefined = none. */
  readonly memoryClip: number | undefined;
  /** Bound of the output's magnitude; undefined = none. */
  readonly hiddenClip: number | undefined;
  readonly characterEmbeddingSize: number;
  readonly filters: readonly CharacterFilter[];
  /** Applied to the largest response of each filter. */
  readonly characterActivation: 'relu' | 'tanh';
  readonly numHighwayLayers: number;
  /** Characters per word, markers and padding included. */
  readonly maxCharacters: number;
  /** Of the input of each LSTM and of what the softmax reads. */
  readonly dropout: number;
  /** Of the mix of the layers, in the heads for other tasks. */
  readonly mixDropout: number;
  /** Whether layers are normalized before they are mixed. */
  readonly normalizesMix: boolean;
  /** Outputs of the classification heads. */
  readonly numLabels: number;
}

/** Words of the published models' vocabulary. */
const PUBLISHED_VOCAB_SIZE = 793_471;

/**
 * Reads the `options.json` of bilm-tf and AllenNLP, and the `config.json` that {@link toElmoConfigJson} makes of it.
 *
 * @throws {ConfigError} naming the field, also for settings that change the mathematics and that this package does not have.
 */
export function parseElmoConfig(json: unknown): ElmoConfig {
  const reader = new ConfigReader('ElmoConfig', json);
  const lstm = reader.section('lstm');
  const characters = reader.section('char_cnn');
  if (!lstm.boolean('use_skip_connections', true)) throw lstm.error('use_skip_connections', 'true', false);
  // 261 while bilm-tf trains, 262 with the row for masked words: the same model.
  characters.integer('n_characters', 262, { minimum: 261, maximum: 262 });
  const maxCharacters = characters.integer('max_characters_per_token', 50, { minimum: 3 });
  return {
    vocabSize: reader.integer('n_tokens_vocab', PUBLISHED_VOCAB_SIZE, { minimum: 1 }),
    hiddenSize: lstm.integer('projection_dim', undefined, { minimum: 1 }),
    memorySize: lstm.integer('dim', undefined, { minimum: 1 }),
    numLayers: lstm.integer('n_layers', undefined, { minimum: 1, maximum: LIMITS.numLayers }),
    memoryClip: optionalNumber(lstm, 'cell_clip'),
    hiddenClip: optionalNumber(lstm, 'proj_clip'),
    characterEmbeddingSize: characters.section('embedding').integer('dim', undefined, { minimum: 1 }),
    filters: characters.list('filters').map((filter) => parseFilter(characters, filter, maxCharacters)),
    characterActivation: characters.choice('activation', { relu: 'relu', tanh: 'tanh' } as const),
    numHighwayLayers: characters.integer('n_highway', 0, { maximum: LIMITS.numLayers }),
    maxCharacters,
    dropout: reader.dropout('dropout', 0.1),
    mixDropout: reader.dropout('mix_dropout', 0.5),
    normalizesMix: reader.boolean('do_layer_norm', false),
    numLabels: reader.size('id2label', 2),
  };
}

/** The `config.json` of a model: `options.json` as bilm-tf reads it, and what Hugging Face's layout wants beside it. */
export function toElmoConfigJson(config: ElmoConfig, architectures: readonly string[]): Record<string, unknown> {
  return {
    model_type: 'elmo',
    architectures,
    lstm: {
      cell_clip: config.memoryClip ?? null,
      dim: config.memorySize,
      n_layers: config.numLayers,
      proj_clip: config.hiddenClip ?? null,
      projection_dim: config.hiddenSize,
      use_skip_connections: true,
    },
    char_cnn: {
      activation: config.characterActivation,
      embedding: { dim: config.characterEmbeddingSize },
      filters: config.filters.map(({ width, count }) => [width, count]),
      max_characters_per_token: config.maxCharacters,
      n_characters: 262,
      n_highway: config.numHighwayLayers,
    },
    n_tokens_vocab: config.vocabSize,
    dropout: config.dropout,
    mix_dropout: config.mixDropout,
    do_layer_norm: config.normalizesMix,
    id2label: Object.fromEntries(Array.from({ length: config.numLabels }, (_, i) => [String(i), `LABEL_${i}`])),
    label2id: Object.fromEntries(Array.from({ length: config.numLabels }, (_, i) => [`LABEL_${i}`, i])),
    dtype: 'float32',
  };
}

/** The same configuration with some settings replaced. LSTMs know no positions, so `maxPositions` has nothing to change. */
export function withElmoSettings(
  config: ElmoConfig,
  { vocabSize = config.vocabSize, numLabels = config.numLabels, dropout }: FamilySettings,
): ElmoConfig {
  const rates = dropout === undefined ? {} : { dropout, mixDropout: dropout };
  return { ...config, vocabSize, numLabels, ...rates };
}

function optionalNumber(reader: ConfigReader, field: string): number | undefined {
  return reader.has(field) ? reader.number(field, undefined, { minimum: 0 }) : undefined;
}

function parseFilter(reader: ConfigReader, filter: unknown, maxCharacters: number): CharacterFilter {
  const [width, count] = Array.isArray(filter) ? (filter as readonly unknown[]) : [];
  if (isCount(width) && width <= maxCharacters && isCount(count)) return { width, count };
  throw reader.error('filters', `pairs of a width in 1 ... ${maxCharacters} and a count`, filter);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}
