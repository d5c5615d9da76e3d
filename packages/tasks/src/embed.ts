import { isModule, meanOfTokens, type EncoderInputs, type Module, type SequenceInputs } from '@cloze/core';
import { sequenceBatch, type SequenceInputField } from '@cloze/objectives';
import * as tf from '@tensorflow/tfjs';
import { taskContextOf, type BaseModel } from './base-model.ts';
import { BatchPredictor } from './batch-predictor.ts';
import { characterIds } from './character-inputs.ts';
import { TextReader, type EncodedText } from './encoded-text.ts';
import type { PredictOptions } from './predict.ts';

/** How the states of a text's tokens become one vector: their mean, the first one (BERT's `[CLS]`), or the last one (decoders). */
export type Pooling = 'mean' | 'first' | 'last';

/** Settings of {@link embed}. */
export interface EmbedOptions extends PredictOptions {
  /** Default: `mean`. */
  readonly pooling?: Pooling | undefined;
}

/** A model without head. */
interface Body extends Module {
  forward(inputs: SequenceInputs): { readonly lastHiddenState: tf.Tensor };
}

/** An encoder-decoder, whose encoder reads the text. */
interface EncodingBody extends Module {
  encode(inputs: EncoderInputs): { readonly lastHiddenState: tf.Tensor };
}

/**
 * A vector for each text: the last hidden states of a model, whatever its head, pooled. Of encoder-decoders it is the encoder's.
 *
 * @returns one vector of the hidden size for each text, in their order.
 * @see Reimers and Gurevych 2019, "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks", section 3. <https://arxiv.org/abs/1908.10084>
 * @throws {ClozeError} `DATA_INVALID` for texts without tokens, or when the model has no tokenizer.
 */
export async function embed(
  model: BaseModel,
  texts: readonly string[],
  { pooling = 'mean', maxLength, ...options }: EmbedOptions,
): Promise<Float32Array[]> {
  const context = taskContextOf(model, { labels: [], maxLength, adapterConfig: model.adapter?.config });
  const reader = new TextReader(context);
  const predictor = new BatchPredictor<string, EncodedText, Module, SequenceInputField, Float32Array>(
    {
      examplesOf: (text) => [reader.read(text, undefined, undefined)],
      maxLength: context.maxLength,
      lengthOf: ({ inputIds }) => inputIds.length,
      objective: (sequenceLength) => ({
        prepare: (examples) => {
          const batch = sequenceBatch('embed', examples, { padTokenId: context.padTokenId, sequenceLength });
          return context.readsCharacters ? { ...batch, inputIds: characterIds(examples, batch.inputIds) } : batch;
        },
      }),
      outputs: (whole, inputs) => ({
        embedding: pooled(lastHiddenStateOf(whole, inputs), { attentionMask: inputs.attentionMask, pooling }),
      }),
      prediction: (_, [outputs]) => outputs?.embedding ?? new Float32Array(0),
    },
    model.model,
    options,
  );
  try {
    return await predictor.predict(model.model, texts);
  } finally {
    predictor.dispose();
  }
}

/** In all families a model with a head has the one without it in the field `model`. */
function lastHiddenStateOf(whole: Module, inputs: SequenceInputs): tf.Tensor {
  const body = 'model' in whole && isModule(whole.model) ? whole.model : whole;
  if ('encode' in body) return (body as EncodingBody).encode(inputs).lastHiddenState;
  return (body as Body).forward(inputs).lastHiddenState;
}

/** [B, T, D] -> [B, D]. */
function pooled(
  states: tf.Tensor,
  { attentionMask, pooling }: { readonly attentionMask: tf.Tensor; readonly pooling: Pooling },
): tf.Tensor {
  if (pooling === 'mean') return meanOfTokens(states, attentionMask);
  const mask = tf.cast(attentionMask, 'float32'); // [B, T]
  const counts = tf.sum(mask, 1, true); // [B, 1]
  const positions = tf.sub(tf.cumsum(mask, 1), 1);
  const chosen = pooling === 'first' ? tf.zerosLike(counts) : tf.sub(counts, 1);
  return meanOfTokens(states, tf.mul(tf.cast(tf.equal(positions, chosen), 'float32'), mask));
}
