import type {
  CausalLanguageModel,
  CausalInputs,
  CausalOutputs,
  EncoderDecoderModel,
  KeyValues,
  ParameterMap,
} from '@cloze/core';
import { jit, type Compiled, type Engine } from '@cloze/jit';
import * as tf from '@tensorflow/tfjs';
import type { DecodingWeights } from './decoding-weights.ts';
import { tokenCacheOf } from './token-cache.ts';

/** A model that writes from left to right: a decoder alone, or one that attends to an encoded source. */
export type WritingModel = CausalLanguageModel | EncoderDecoderModel;

/** Whether a model writes for a source. */
export function isEncoderDecoder(model: WritingModel): model is EncoderDecoderModel {
  return 'crossKeyValues' in model;
}

/** The texts that an encoder reads; all [B, S] int32. */
export interface SourceInputs {
  readonly inputIds: tf.Tensor;
  readonly attentionMask: tf.Tensor;
}

/** What a decoder attends to besides its own tokens; empty where there is no encoder. */
export interface EncodedSource {
  /** By layer, each [B, H, S, K]. */
  readonly crossKeyValues: readonly KeyValues[];
  /** [B, S] int32. */
  readonly encoderAttentionMask?: tf.Tensor;
}

/** Tokens for the decoder; all int32. */
export interface TokenInputs {
  /** [B, T]. */
  readonly inputIds: tf.Tensor;
  /** [B, T]. */
  readonly positionIds: tf.Tensor;
  /** [B, T], or [B, S + 1] beside a cache. */
  readonly attentionMask: tf.Tensor;
}

/** The beginnings of sequences, padded on the right. */
export interface PromptInputs extends TokenInputs {
  /** [B]: where the last token of each stands among all B * T. */
  readonly lastTokens: tf.Tensor;
}

/** Continuations of sequences beside a cache, padded on the right. Column t of the mask stands for slot t, and then for token t. */
export interface ContinuationInputs extends TokenInputs {
  /** [B * T], for each token the one that follows it, as a position among all B * T * V scores. */
  readonly targets: tf.Tensor;
}

/** What reading prompts computes. */
export interface PromptOutputs {
  /** [B, V], of the token after the last one. */
  readonly logits: tf.Tensor;
  /** By layer, for {@link TokenCache}; empty where none is wanted. */
  readonly keyValues: readonly KeyValues[];
}

/** What reading one more token computes. */
export interface TokenOutputs {
  /** [B, V], of the token after it. */
  readonly logits: tf.Tensor;
  /** Its keys and values, [L, 2, B, H, K]. */
  readonly added: tf.Tensor;
}

/** The compiled functions of decoding. */
export interface DecodeSteps {
  /** By layer of the decoder, each [B, H, S, K]; empty where there is no encoder. */
  readonly readSource: Compiled<[ParameterMap, SourceInputs], readonly KeyValues[]>;
  readonly readPrompt: Compiled<[ParameterMap, EncodedSource, PromptInputs], PromptOutputs>;
  /** Reads the cache and leaves it as it is. */
  readonly readToken: Compiled<[ParameterMap, EncodedSource, readonly KeyValues[], TokenInputs], TokenOutputs>;
  /** The log probability of each target, [B * T], in nats. */
  readonly scoreTokens: Compiled<[ParameterMap, EncodedSource, readonly KeyValues[], ContinuationInputs], tf.Tensor>;
  /** Takes keys and values over and returns those of some rows [B'] int32. */
  readonly selectRows: Compiled<[readonly KeyValues[], tf.Tensor], readonly KeyValues[]>;
}

/** Settings of {@link compileDecoding}. */
export interface DecodingOptions {
  readonly engine: Engine;
  readonly usesCache: boolean;
  readonly weights: DecodingWeights;
}

/** Compiles the decoding of a model, whose tensors give the structure only. */
export function compileDecoding(model: WritingModel, { engine, usesCache, weights }: DecodingOptions): DecodeSteps {
  const cache = tokenCacheOf(engine);
  const readSource = (parameters: ParameterMap, inputs: SourceInputs): readonly KeyValues[] => {
    const given = weights.givenTo(model, parameters);
    return isEncoderDecoder(given) ? given.crossKeyValues(given.encode(inputs).lastHiddenState) : [];
  };
  const readPrompt = (
    parameters: ParameterMap,
    source: EncodedSource,
    { lastTokens, ...inputs }: PromptInputs,
  ): PromptOutputs => {
    const { logits, keyValues } = decode(weights.givenTo(model, parameters), source, inputs);
    const rows = tf.reshape(logits, [-1, logits.shape.at(-1) ?? 1]); // [B * T, V]
    return {
      logits: tf.gather(rows, lastTokens),
      keyValues: usesCache ? keyValues.map((layer) => cache.fromStep(layer)) : [],
    };
  };
  const readToken = (
    parameters: ParameterMap,
    source: EncodedSource,
    held: readonly KeyValues[],
    inputs: TokenInputs,
  ): TokenOutputs => {
    const { logits, keyValues } = decode(weights.givenTo(model, parameters), source, {
      ...inputs,
      cache: held.map((layer) => cache.toStep(layer)),
    });
    const added = keyValues.map(({ key, value }) => tf.squeeze(tf.stack([key, value]), [3])); // [2, B, H, K]
    return { logits: tf.squeeze(logits, [1]), added: tf.stack(added) };
  };
  const scoreTokens = (
    parameters: ParameterMap,
    source: EncodedSource,
    held: readonly KeyValues[],
    { targets, ...inputs }: ContinuationInputs,
  ): tf.Tensor => {
    const { logits } = decode(weights.givenTo(model, parameters), source, {
      ...inputs,
      cache: held.map((layer) => cache.toStep(layer)),
    });
    return tf.sub(tf.gather(tf.reshape(logits, [-1]), targets), tf.reshape(tf.logSumExp(logits, -1), [-1]));
  };
  return {
    readSource: jit(readSource, { engine }),
    readPrompt: jit(readPrompt, { engine }),
    readToken: jit(readToken, { engine }),
    scoreTokens: jit(scoreTokens, { engine }),
    selectRows: jit(selectRows, { engine, donate: [0] }),
  };
}

function decode(model: WritingModel, source: EncodedSource, inputs: CausalInputs): CausalOutputs {
  return isEncoderDecoder(model) ? model.decode({ ...inputs, ...source }) : model.forward(inputs);
}

function selectRows(keyValues: readonly KeyValues[], rows: tf.Tensor): readonly KeyValues[] {
  return keyValues.map(({ key, value }) => ({ key: tf.gather(key, rows), value: tf.gather(value, rows) }));
}
