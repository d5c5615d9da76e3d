import { withParameters, writeCache, type CausalLanguageModel, type KeyValues, type ParameterMap } from '@cloze/core';
import { jit, type Compiled, type Engine } from '@cloze/jit';
import * as tf from '@tensorflow/tfjs';

/** Tokens for the model; all int32. */
export interface TokenInputs {
  /** [B, T]. */
  readonly inputIds: tf.Tensor;
  /** [B, T]. */
  readonly positionIds: tf.Tensor;
  /** [B, T], or [B, S + 1] beside a cache. */
  readonly attentionMask: tf.Tensor;
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

/** The two compiled functions of decoding. */
export interface DecodeSteps {
  readonly readPrompt: Compiled<[ParameterMap, TokenInputs], StepOutputs>;
  /** Takes the cache over and returns it with the token in it. */
  readonly readToken: Compiled<[ParameterMap, readonly KeyValues[], NextTokenInputs], StepOutputs>;
}

/** Compiles the decoding of a model, whose tensors give the structure only. */
export function compileDecoding(
  model: CausalLanguageModel,
  { engine, usesCache }: { readonly engine: Engine; readonly usesCache: boolean },
): DecodeSteps {
  const readPrompt = (weights: ParameterMap, inputs: TokenInputs): StepOutputs => {
    const { logits, keyValues } = withParameters(model, weights).forward(inputs);
    const [batchSize = 1, length = 1, vocabSize = 1] = logits.shape;
    const last = tf.slice(logits, [0, length - 1, 0], [batchSize, 1, vocabSize]);
    return { logits: tf.reshape(last, [batchSize, vocabSize]), cache: usesCache ? keyValues : [] };
  };
  const readToken = (
    weights: ParameterMap,
    cache: readonly KeyValues[],
    { slot, ...inputs }: NextTokenInputs,
  ): StepOutputs => {
    const { logits, keyValues } = withParameters(model, weights).forward({ ...inputs, cache });
    const [batchSize = 1, , vocabSize = 1] = logits.shape;
    return { logits: tf.reshape(logits, [batchSize, vocabSize]), cache: writeCache(cache, keyValues, slot) };
  };
  return { readPrompt: jit(readPrompt, { engine }), readToken: jit(readToken, { engine, donate: [1] }) };
}
