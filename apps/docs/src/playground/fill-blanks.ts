import { bertFamily } from '@cloze/bert';
import { disposeModule, parametersOf, withParameters, type ParameterMap } from '@cloze/core';
import { loadPretrainedOf, memoryRepository } from '@cloze/hub';
import { copyForEngine, jit, type Engine } from '@cloze/jit';
import type { Tokenizer } from '@cloze/tokenizer';
import * as tf from '@tensorflow/tfjs';

/** What may stand in a blank. */
export interface Candidate {
  readonly token: string;
  readonly probability: number;
}

/** A text whose blanks were judged. */
export interface FilledText {
  /** With those that stand around the text. */
  readonly tokens: readonly string[];
  /** In order, each with its best candidates, the best first. */
  readonly blanks: readonly { readonly position: number; readonly candidates: readonly Candidate[] }[];
  /** By layer, head and token: how much it attends to each token, which sums to 1. */
  readonly attentions: readonly (readonly (readonly Float32Array[])[])[];
  /** Of the compiled model alone. */
  readonly milliseconds: number;
}

/** A masked language model that is ready to fill blanks. */
export interface BlankFiller {
  /** @throws {Error} when there is no blank, or when the text is too long. */
  fill(text: string): Promise<FilledText>;
  dispose(): void;
}

/** How a blank is written. */
const BLANK = '[MASK]';
const NUM_CANDIDATES = 5;
/** In tokens: what the model was trained on. */
const MAX_LENGTH = 64;
/** Texts are padded to a multiple of it: every length is compiled, once. */
const LENGTH_STEP = 16;

/**
 * Makes a BERT ready, as `cloze pretrain --family bert` leaves it.
 *
 * @param files of its folder, by name.
 * @throws {ClozeError} when they are not those of a BERT with a tokenizer.
 */
export async function createBlankFiller(files: ReadonlyMap<string, Uint8Array>, engine: Engine): Promise<BlankFiller> {
  const { model, tokenizer } = await loadPretrainedOf(bertFamily, memoryRepository(files), { task: 'pre-training' });
  const parameters = await copyForEngine(parametersOf(model), engine);
  disposeModule(model);
  if (tokenizer === undefined) throw new Error('The folder holds no tokenizer.json; a model that reads needs one.');

  const judge = jit(
    (weights: ParameterMap, inputs: ReturnType<typeof paddedInputs>) => {
      const { logits, attentions } = withParameters(model, weights).forward(inputs);
      return { probabilities: tf.softmax(logits), attentions: tf.concat([...attentions]) }; // [1, T, V], [L, H, T, T]
    },
    { engine },
  );
  const read = async (inputs: ReturnType<typeof paddedInputs>): Promise<Judgement> => {
    const { probabilities, attentions } = await judge(parameters, inputs);
    const values = await Promise.all([probabilities.data<'float32'>(), attentions.data<'float32'>()]);
    const judgement = { probabilities: values[0], attentions: values[1], shape: attentions.shape };
    tf.dispose([probabilities, attentions]);
    return judgement;
  };

  const compiled = new Set<number>();
  return {
    fill: async (text) => {
      const { ids, tokens } = tokenizer.encode(text);
      const positions = positionsOfBlanks(tokenizer, ids);
      const inputs = paddedInputs(ids);
      try {
        const length = inputs.inputIds.shape[1] ?? 0;
        if (!compiled.has(length)) await read(inputs);
        compiled.add(length);
        const start = performance.now();
        const { probabilities, ...attention } = await read(inputs);
        const milliseconds = performance.now() - start;
        const { vocabSize } = tokenizer;
        const blanks = positions.map((position) => {
          const row = probabilities.subarray(position * vocabSize, (position + 1) * vocabSize);
          return { position, candidates: bestOf(row, tokenizer) };
        });
        return { tokens, blanks, attentions: rowsOf(attention, tokens.length), milliseconds };
      } finally {
        tf.dispose(Object.values(inputs));
      }
    },
    dispose: () => {
      judge.dispose();
      tf.dispose(parameters);
    },
  };
}

/** What the model says, number by number. */
interface Judgement {
  /** [1, T, V]. */
  readonly probabilities: Float32Array;
  /** [L, H, T, T]. */
  readonly attentions: Float32Array;
  /** Of the attention. */
  readonly shape: readonly number[];
}

function positionsOfBlanks(tokenizer: Tokenizer, ids: Int32Array): number[] {
  const blank = tokenizer.tokenToId(BLANK);
  const positions = [...ids.keys()].filter((position) => ids[position] === blank);
  if (positions.length === 0) throw new Error(`There is no blank in the text: write ${BLANK} where a word is missing.`);
  if (ids.length > MAX_LENGTH)
    throw new Error(`The text has ${ids.length} tokens; this small model reads ${MAX_LENGTH} at most.`);
  return positions;
}

function paddedInputs(ids: Int32Array): { readonly inputIds: tf.Tensor; readonly attentionMask: tf.Tensor } {
  const length = Math.ceil(ids.length / LENGTH_STEP) * LENGTH_STEP;
  const padded = (values: Int32Array): tf.Tensor => {
    const row = new Int32Array(length);
    row.set(values);
    return tf.tensor2d(row, [1, length], 'int32');
  };
  return { inputIds: padded(ids), attentionMask: padded(ids.map(() => 1)) };
}

function bestOf(probabilities: Float32Array, tokenizer: Tokenizer): Candidate[] {
  return [...probabilities]
    .map((probability, id) => ({ token: tokenizer.idToToken(id) ?? '', probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, NUM_CANDIDATES);
}

/** The rows of the tokens; what stands after them is padding, and has no weight. */
function rowsOf({ attentions, shape }: Omit<Judgement, 'probabilities'>, numTokens: number): Float32Array[][][] {
  const [numLayers = 0, numHeads = 0, length = 0] = shape;
  const indices = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
  return indices(numLayers).map((layer) =>
    indices(numHeads).map((head) =>
      indices(numTokens).map((token) => {
        const start = ((layer * numHeads + head) * length + token) * length;
        return attentions.slice(start, start + numTokens);
      }),
    ),
  );
}
