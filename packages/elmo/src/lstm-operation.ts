import * as tf from '@tensorflow/tfjs';
import { defineOperation, tensorAt, type GradientInputs, type NamedTensors } from '@cloze/core';

/** Bounds of magnitudes; undefined = none. */
interface LstmBounds {
  readonly memoryClip: number | undefined;
  readonly hiddenClip: number | undefined;
}

type LstmInput = 'gates' | 'recurrent' | 'projection' | 'memory' | 'hidden';
type SavedInput = Exclude<LstmInput, 'gates'>;

/**
 * The loop of a projected LSTM over words, unrolled, with its own gradient: automatic differentiation would make a product per word for the gradient of
 * each matrix and add them up, here each is one product over all words.
 *
 * @param inputs `gates` [T, B, 4 M], what the words contribute to i, j, f, o; `recurrent` [D, 4 M]; `projection` [M, D]; `memory` [B, M] and `hidden`
 *   [B, D] before the first word.
 * @returns `hiddens` [T, B, D] after each word; `memory` [B, M] after the last.
 */
export function runProjectedLstm(
  inputs: NamedTensors<LstmInput>,
  bounds: LstmBounds,
): { readonly hiddens: tf.Tensor; readonly memory: tf.Tensor } {
  const outputs = projectedLstm(inputs, bounds);
  // Only the tape needs the others, and it keeps its own references.
  tf.dispose(outputs.slice(2));
  return { hiddens: tensorAt(outputs, 0), memory: tensorAt(outputs, 1) };
}

/** Its outputs: all hidden states, the last memory, all memories, all gates after their activations. */
const projectedLstm = defineOperation<LstmInput, LstmBounds, SavedInput>({
  name: 'ProjectedLstm',
  compute: ({ gates, recurrent, projection, memory, hidden }, { memoryClip, hiddenClip }) => {
    let [c, h] = [memory, hidden];
    const hiddens: tf.Tensor[] = [];
    const memories: tf.Tensor[] = [];
    const activations: tf.Tensor[] = [];
    for (const ofWord of tf.unstack(gates)) {
      const { i, j, f, o } = splitGates(tf.add(ofWord, tf.matMul(h, recurrent)));
      const active = { i: tf.sigmoid(i), j: tf.tanh(j), f: tf.sigmoid(f), o: tf.sigmoid(o) };
      c = clip(tf.add(tf.mul(active.i, active.j), tf.mul(active.f, c)), memoryClip);
      h = clip(tf.matMul(tf.mul(active.o, tf.tanh(c)), projection), hiddenClip);
      hiddens.push(h);
      memories.push(c);
      activations.push(joinGates(active));
    }
    return [tf.stack(hiddens), tf.clone(c), tf.stack(memories), tf.stack(activations)];
  },
  gradient: {
    saveInputs: ['recurrent', 'projection', 'memory', 'hidden'],
    saveOutputs: [0, 2, 3],
    compute: (given) => gradientsOf(given),
  },
});

/** From the last word to the first. `d` before a name: the gradient by it. */
function gradientsOf({
  dy,
  inputs: { recurrent, projection, memory, hidden },
  outputs,
  attributes: { memoryClip, hiddenClip },
}: GradientInputs<SavedInput, LstmBounds>): NamedTensors<LstmInput> {
  const dHiddens = tf.unstack(tensorAt(dy, 0));
  const hiddens = [hidden, ...tf.unstack(tensorAt(outputs, 0))]; // before the first word, after it, ...
  const memories = [memory, ...tf.unstack(tensorAt(outputs, 1))];
  const activations = tf.unstack(tensorAt(outputs, 2));

  let dMemory = tensorAt(dy, 1);
  let dHidden: tf.Tensor = tf.zerosLike(hidden);
  const [dGates, dProjected, emitted]: [tf.Tensor[], tf.Tensor[], tf.Tensor[]] = [[], [], []];
  for (let t = dHiddens.length - 1; t >= 0; t--) {
    const { i, j, f, o } = splitGates(tensorAt(activations, t));
    const c = tensorAt(memories, t + 1);
    const tanhC = tf.tanh(c);
    const dH = passClip(tf.add(tensorAt(dHiddens, t), dHidden), tensorAt(hiddens, t + 1), hiddenClip);
    const dEmitted = tf.matMul(dH, projection, false, true); // of o * tanh(c)
    const dC = passClip(tf.add(dMemory, tf.mul(tf.mul(dEmitted, o), tanhSlope(tanhC))), c, memoryClip);
    const dWord = joinGates({
      i: tf.mul(tf.mul(dC, j), sigmoidSlope(i)),
      j: tf.mul(tf.mul(dC, i), tanhSlope(j)),
      f: tf.mul(tf.mul(dC, tensorAt(memories, t)), sigmoidSlope(f)),
      o: tf.mul(tf.mul(dEmitted, tanhC), sigmoidSlope(o)),
    });
    dGates.unshift(dWord);
    dProjected.unshift(dH);
    emitted.unshift(tf.mul(o, tanhC));
    dMemory = tf.mul(dC, f);
    dHidden = tf.matMul(dWord, recurrent, false, true);
  }
  return {
    gates: tf.stack(dGates),
    recurrent: tf.matMul(tf.concat(hiddens.slice(0, -1)), tf.concat(dGates), true),
    projection: tf.matMul(tf.concat(emitted), tf.concat(dProjected), true),
    memory: dMemory,
    hidden: dHidden,
  };
}

interface Gates {
  readonly i: tf.Tensor;
  readonly j: tf.Tensor;
  readonly f: tf.Tensor;
  readonly o: tf.Tensor;
}

/** @param gates [B, 4 M]. */
function splitGates(gates: tf.Tensor): Gates {
  const parts = tf.split(gates, 4, 1);
  return { i: tensorAt(parts, 0), j: tensorAt(parts, 1), f: tensorAt(parts, 2), o: tensorAt(parts, 3) };
}

function joinGates({ i, j, f, o }: Gates): tf.Tensor {
  return tf.concat([i, j, f, o], 1);
}

/** Minimum and maximum, unlike `clipByValue`, become part of the compiled loop over the gates. */
function clip(x: tf.Tensor, limit: number | undefined): tf.Tensor {
  return limit === undefined ? x : tf.maximum(tf.minimum(x, limit), -limit);
}

/** The gradient before clipping: nothing where the value was clipped. */
function passClip(gradient: tf.Tensor, clipped: tf.Tensor, limit: number | undefined): tf.Tensor {
  return limit === undefined ? gradient : tf.mul(gradient, tf.cast(tf.less(tf.abs(clipped), limit), 'float32'));
}

/** By the value of the function. */
function sigmoidSlope(y: tf.Tensor): tf.Tensor {
  return tf.mul(y, tf.sub(1, y));
}

/** By the value of the function. */
function tanhSlope(y: tf.Tensor): tf.Tensor {
  return tf.sub(1, tf.square(y));
}
