import {
  withParameters,
  writeCache,
  type CausalLanguageModel,
  type CausalInputs,
  type CausalOutputs,
  type EncoderDecoderModel,
  type KeyValues,
  type ParameterMap,
} from '@cloze/core';
import { jit, type Compiled, type Engine } from '@cloze/jit';
import * as tf from '@tensorflow/tfjs';

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

/** One more token of each sequence, beside a cache. */
export interface NextTokenInputs extends TokenInputs {
  /** Scalar: where the token's keys and values go. */
  readonly slot: tf.Tensor;
}

/** What a step computes. */
export interface StepOutputs {
  /** [B, V], of the token after the last one. */
  readonly logits: tf.Tensor;
  /** By layer, each [B, H, T, K] of a prompt or [B, H, S, K] beside a cache; empty where none is wanted. */
  readonly cache: readonly KeyValues[];
}

/** The compiled functions of decoding. */
export interface DecodeSteps {
  /** By layer of the decoder, each [B, H, S, K]; empty where there is no encoder. */
  readonly readSource: Compiled<[ParameterMap, SourceInputs], readonly KeyValues[]>;
  readonly readPrompt: Compiled<[ParameterMap, EncodedSource, PromptInputs], StepOutputs>;
  /** Takes the cache over and returns it with the token in it. */
  readonly readToken: Compiled<[ParameterMap, EncodedSource, readonly KeyValues[], NextTokenInputs], StepOutputs>;
  /** Takes keys and values over and returns those of some rows [B'] int32. */
  readonly selectRows: Compiled<[readonly KeyValues[], tf.Tensor], readonly KeyValues[]>;
}

/** Compiles the decoding of a model, whose tensors give the structure only. */
export function compileDecoding(
  model: WritingModel,
  { engine, usesCache }: { readonly engine: Engine; readonly usesCache: boolean },
): DecodeSteps {
  const readSource = (weights: ParameterMap, inputs: SourceInputs): readonly KeyValues[] => {
    const given = withParameters(model, weights);
    return isEncoderDecoder(given) ? given.crossKeyValues(given.encode(inputs).lastHiddenState) : [];
  };
  const readPrompt = (
    weights: ParameterMap,
    source: EncodedSource,
    { lastTokens, ...inputs }: PromptInputs,
  ): StepOutputs => {
    const { logits, keyValues } = decode(withParameters(model, weights), source, inputs);
    const rows = tf.reshape(logits, [-1, logits.shape.at(-1) ?? 1]); // [B * T, V]
    return { logits: tf.gather(rows, lastTokens), cache: usesCache ? keyValues : [] };
  };
  const readToken = (
    weights: ParameterMap,
    source: EncodedSource,
    cache: readonly KeyValues[],
    { slot, ...inputs }: NextTokenInputs,
  ): StepOutputs => {
    const { logits, keyValues } = decode(withParameters(model, weights), source, { ...inputs, cache });
    return { logits: tf.squeeze(logits, [1]), cache: writeCache(cache, keyValues, slot) };
  };
  return {
    readSource: jit(readSource, { engine }),
    readPrompt: jit(readPrompt, { engine }),
    readToken: jit(readToken, { engine, donate: [2] }),
    selectRows: jit(selectRows, { engine, donate: [0] }),
  };
}

function decode(model: WritingModel, source: EncodedSource, inputs: CausalInputs): CausalOutputs {
  return isEncoderDecoder(model) ? model.decode({ ...inputs, ...source }) : model.forward(inputs);
}

function selectRows(keyValues: readonly KeyValues[], rows: tf.Tensor): readonly KeyValues[] {
  return keyValues.map(({ key, value }) => ({ key: tf.gather(key, rows), value: tf.gather(value, rows) }));
}
