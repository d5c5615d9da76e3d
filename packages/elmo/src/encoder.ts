import * as tf from '@tensorflow/tfjs';
import { dropout, tensorAt, within, type ForwardOptions, type Module, type ParameterSource } from '@cloze/core';
import type { ElmoConfig } from './config.ts';
import { ProjectedLstm, type LstmState } from './lstm.ts';
import { reorder, reversedOrder } from './reading-order.ts';

/** What both directions remember of earlier batches, by layer. */
export interface ElmoState {
  readonly forward: readonly LstmState[];
  readonly backward: readonly LstmState[];
}

/**
 * Two stacks of LSTMs that know nothing of each other: one reads from the first word on, one from the last. From the second layer on, each adds its input
 * to its output.
 *
 * @see Peters et al. 2018, "Deep contextualized word representations", sections 3.1 and 3.4. <https://arxiv.org/abs/1802.05365>
 */
export class BidirectionalEncoder implements Module {
  readonly forwardLayers: readonly ProjectedLstm[];
  readonly backwardLayers: readonly ProjectedLstm[];
  readonly dropout: number;

  constructor(config: ElmoConfig, source: ParameterSource) {
    this.forwardLayers = createLayers(config, source.at('forwardLayers'));
    this.backwardLayers = createLayers(config, source.at('backwardLayers'));
    this.dropout = config.dropout;
  }

  /**
   * @param x [T, B, D].
   * @param mask [T, B, 1], 1 = a word; padding is at the end of a sentence, and 0 in all results.
   * @param state of earlier words; default: zeros.
   * @returns `layers`, each [T, B, 2 D]: forward beside backward.
   */
  forward(
    { x, mask, state }: { readonly x: tf.Tensor; readonly mask: tf.Tensor; readonly state: ElmoState | undefined },
    options: ForwardOptions = {},
  ): { readonly layers: readonly tf.Tensor[]; readonly state: ElmoState } {
    const order = reversedOrder(mask);
    const forward = readThrough(this, 'forwardLayers', { x, mask, states: state?.forward, ...options });
    const reversed = reorder(x, order);
    const backward = readThrough(this, 'backwardLayers', { x: reversed, mask, states: state?.backward, ...options });
    const layers = forward.layers.map((layer, index) =>
      tf.concat([layer, reorder(tensorAt(backward.layers, index), order)], 2),
    );
    return { layers, state: { forward: forward.states, backward: backward.states } };
  }
}

interface EncoderInputs extends ForwardOptions {
  readonly x: tf.Tensor;
  readonly mask: tf.Tensor;
  readonly states: readonly LstmState[] | undefined;
}

/** All layers of one direction. */
function readThrough(
  encoder: BidirectionalEncoder,
  direction: 'forwardLayers' | 'backwardLayers',
  { x, mask, states, ...options }: EncoderInputs,
): { readonly layers: readonly tf.Tensor[]; readonly states: readonly LstmState[] } {
  const layers: tf.Tensor[] = [];
  const newStates: LstmState[] = [];
  let input = x;
  for (const [index, layer] of encoder[direction].entries()) {
    const dropped = dropout(input, encoder.dropout, within(options, direction, index).key);
    const { outputs, state } = layer.forward({ x: dropped, mask, state: states?.[index] });
    // As in bilm-tf, what is added is the input after dropout.
    input = index === 0 ? outputs : tf.add(outputs, dropped);
    layers.push(input);
    newStates.push(state);
  }
  return { layers, states: newStates };
}

function createLayers(config: ElmoConfig, source: ParameterSource): ProjectedLstm[] {
  const { hiddenSize, numLayers } = config;
  return Array.from(
    { length: numLayers },
    (_, index) => new ProjectedLstm({ ...config, inputSize: hiddenSize }, source.at(index)),
  );
}
