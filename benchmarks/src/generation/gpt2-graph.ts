import type { ParameterMap } from '@cloze/core';
import type { GptConfig } from '@cloze/gpt';
import type { OnnxInitializer, OnnxModel, OnnxNode, OnnxValueInfo } from '@cloze/jit';
import * as tf from '@tensorflow/tfjs';

type Attributes = OnnxNode['attributes'];

/** Scores of what must not be attended to. */
const EXCLUDED = -3.4028234663852886e38;

/**
 * GPT-2 with its keys and values as inputs and outputs, as Hugging Face's exporter lays it out and transformers.js runs it: `input_ids`,
 * `attention_mask`, `position_ids`, `past_key_values.N.key` to `logits`, `present.N.key`. The projection to the vocabulary is a matrix of its own, as
 * there, and normalizations are single operators.
 *
 * @param parameters of `GptForCausalLm`.
 */
export function gpt2Graph(config: GptConfig, parameters: ParameterMap): OnnxModel {
  const { hiddenSize, numHeads, numLayers, vocabSize } = config;
  const graph = new GraphBuilder(parameters);
  const bias = attentionBias(graph);
  let hidden = graph.add('Add', [
    graph.add('Gather', [graph.parameter('model.tokenEmbedding.weight'), 'input_ids']),
    graph.add('Gather', [graph.parameter('model.positionEmbedding.weight'), 'position_ids']),
  ]);
  for (let layer = 0; layer < numLayers; layer++) hidden = addLayer(graph, config, { layer, hidden, bias });
  const projection = tf.tidy(() => tf.transpose(parameterOf(parameters, 'model.tokenEmbedding.weight')));
  const head = graph.constant('lm_head', [hiddenSize, vocabSize], Float32Array.from(projection.dataSync()));
  projection.dispose();
  graph.add('MatMul', [normalized(graph, config, hidden, 'model.finalNorm'), head], {}, 'logits');

  const past = (prefix: string, length: string): OnnxValueInfo[] =>
    Array.from({ length: numLayers }, (_, layer) => ['key', 'value'].map((part) => `${prefix}.${layer}.${part}`))
      .flat()
      .map((name) => ({ name, type: 'float32', shape: ['batch', numHeads, length, hiddenSize / numHeads] }));
  const tokens = (name: string, length: string): OnnxValueInfo => ({ name, type: 'int64', shape: ['batch', length] });
  return {
    inputs: [
      tokens('input_ids', 'sequence'),
      tokens('attention_mask', 'total'),
      tokens('position_ids', 'sequence'),
      ...past('past_key_values', 'past'),
    ],
    outputs: [
      { name: 'logits', type: 'float32', shape: ['batch', 'sequence', vocabSize] },
      ...past('present', 'total'),
    ],
    initializers: graph.initializers,
    nodes: graph.nodes,
    operatorSets: { '': 17 },
  };
}

/** Added to the scores: what is hidden by the mask or comes later. [B, 1, T, S]. */
function attentionBias(graph: GraphBuilder): string {
  const [zero, one] = [graph.integer(0), graph.integer(1)];
  const lengthOf = (name: string): string => graph.add('Gather', [graph.add('Shape', [name]), one]);
  const [target, total] = [lengthOf('input_ids'), lengthOf('attention_mask')];
  const targets = graph.add('Add', [graph.add('Range', [zero, target, one]), graph.add('Sub', [total, target])]);
  const isLater = graph.add('Greater', [
    graph.add('Unsqueeze', [graph.add('Range', [zero, total, one]), graph.integers([0])]),
    graph.add('Unsqueeze', [targets, graph.integers([1])]),
  ]);
  const isPadding = graph.add('Unsqueeze', [graph.add('Equal', ['attention_mask', zero]), graph.integers([1, 2])]);
  const isHidden = graph.add('Or', [isLater, isPadding]);
  return graph.add('Where', [isHidden, graph.number(EXCLUDED), graph.number(0)]);
}

interface LayerInputs {
  readonly layer: number;
  readonly hidden: string;
  readonly bias: string;
}

function addLayer(graph: GraphBuilder, config: GptConfig, { layer, hidden, bias }: LayerInputs): string {
  const path = `model.layers.${layer}`;
  const attended = addAttention(graph, config, {
    layer,
    hidden: normalized(graph, config, hidden, `${path}.attentionNorm`),
    bias,
  });
  const sum = graph.add('Add', [hidden, attended]);
  const up = affine(graph, normalized(graph, config, sum, `${path}.feedForwardNorm`), `${path}.feedForward.up`);
  return graph.add('Add', [sum, affine(graph, geluTanh(graph, up), `${path}.feedForward.down`)]);
}

function addAttention(
  graph: GraphBuilder,
  { hiddenSize, numHeads }: GptConfig,
  { layer, hidden, bias }: LayerInputs,
): string {
  const path = `model.layers.${layer}.attention`;
  const projected = affine(graph, hidden, `${path}.queryKeyValue`);
  const sizes = graph.integers([hiddenSize, hiddenSize, hiddenSize]);
  const [query, key, value] = graph.split(projected, sizes, 3);
  const heads = (x = ''): string =>
    graph.add('Transpose', [graph.add('Reshape', [x, graph.integers([0, 0, numHeads, hiddenSize / numHeads])])], {
      perm: { ints: [0, 2, 1, 3] },
    });
  const joined = (x: string | undefined, part: string): string =>
    graph.add(
      'Concat',
      [`past_key_values.${layer}.${part}`, heads(x)],
      { axis: { int: 2 } },
      `present.${layer}.${part}`,
    );
  const keys = graph.add('Transpose', [joined(key, 'key')], { perm: { ints: [0, 1, 3, 2] } });
  const scores = graph.add('Div', [
    graph.add('MatMul', [heads(query), keys]),
    graph.number(Math.sqrt(hiddenSize / numHeads)),
  ]);
  const weights = graph.add('Softmax', [graph.add('Add', [scores, bias])], { axis: { int: -1 } });
  const context = graph.add('Transpose', [graph.add('MatMul', [weights, joined(value, 'value')])], {
    perm: { ints: [0, 2, 1, 3] },
  });
  return affine(graph, graph.add('Reshape', [context, graph.integers([0, 0, hiddenSize])]), `${path}.output`);
}

function normalized(graph: GraphBuilder, { layerNormEpsilon }: GptConfig, x: string, path: string): string {
  return graph.add('LayerNormalization', [x, graph.parameter(`${path}.weight`), graph.parameter(`${path}.bias`)], {
    axis: { int: -1 },
    epsilon: { float: layerNormEpsilon },
  });
}

function affine(graph: GraphBuilder, x: string, path: string): string {
  const product = graph.add('MatMul', [x, graph.parameter(`${path}.weight`)]);
  return graph.add('Add', [product, graph.parameter(`${path}.bias`)]);
}

/** In the form that ONNX Runtime recognizes and fuses. */
function geluTanh(graph: GraphBuilder, x: string): string {
  const cube = graph.add('Pow', [x, graph.number(3)]);
  const inner = graph.add('Add', [x, graph.add('Mul', [cube, graph.number(0.044715)])]);
  const tanh = graph.add('Tanh', [graph.add('Mul', [inner, graph.number(Math.sqrt(2 / Math.PI))])]);
  return graph.add('Mul', [graph.add('Mul', [x, graph.number(0.5)]), graph.add('Add', [tanh, graph.number(1)])]);
}

/** Collects nodes and constants under names. */
class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly #parameters: ParameterMap;
  readonly #initializers = new Map<string, OnnxInitializer>();

  constructor(parameters: ParameterMap) {
    this.#parameters = parameters;
  }

  get initializers(): OnnxInitializer[] {
    return [...this.#initializers.values()];
  }

  /** @returns the name of the result: `output`, or a new one. */
  add(
    operator: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    output = `node_${this.nodes.length}`,
  ): string {
    this.nodes.push({ operator, domain: '', inputs, outputs: [output], attributes });
    return output;
  }

  split(x: string, sizes: string, count: number): string[] {
    const outputs = Array.from({ length: count }, (_, index) => `node_${this.nodes.length}_${index}`);
    this.nodes.push({ operator: 'Split', domain: '', inputs: [x, sizes], outputs, attributes: { axis: { int: -1 } } });
    return outputs;
  }

  parameter(path: string): string {
    const tensor = parameterOf(this.#parameters, path);
    return this.constant(path, tensor.shape, Float32Array.from(tensor.dataSync()));
  }

  number(value: number): string {
    return this.constant(`number_${value}`, [], Float32Array.of(value));
  }

  integer(value: number): string {
    return this.constant(`integer_${value}`, [], BigInt64Array.of(BigInt(value)));
  }

  integers(values: readonly number[]): string {
    return this.constant(`integers_${values.join('_')}`, [values.length], BigInt64Array.from(values, BigInt));
  }

  constant(name: string, shape: readonly number[], values: Float32Array | BigInt64Array): string {
    const type = values instanceof Float32Array ? 'float32' : 'int64';
    if (!this.#initializers.has(name)) this.#initializers.set(name, { name, type, shape, values });
    return name;
  }
}

function parameterOf(parameters: ParameterMap, path: string): tf.Tensor {
  const parameter = parameters[path];
  if (parameter === undefined) throw new TypeError(`GPT has no parameter ${path}.`);
  return parameter;
}
