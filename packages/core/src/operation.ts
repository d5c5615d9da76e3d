import * as tf from '@tensorflow/tfjs';
import { assert } from './errors.ts';
import { isTensor } from './tensor-shape.ts';

/** Tensors by the names of a kernel's inputs. */
export type NamedTensors<Name extends string> = Readonly<Record<Name, tf.Tensor>>;

/** An operation with its own name, implementation and gradient. `Saved` are the inputs that the gradient needs. */
export interface OperationDefinition<Input extends string, Attributes extends object, Saved extends Input = never> {
  /** The name of the tfjs kernel. */
  readonly name: string;
  /** The implementation by ordinary tfjs operations, or on the host. Intermediate tensors are freed by the caller. */
  readonly compute: (inputs: NamedTensors<Input>, attributes: Attributes) => readonly tf.Tensor[];
  /** Absent for operations that are not differentiated, gradients themselves among them. */
  readonly gradient?: OperationGradient<Input, Attributes, Saved>;
}

/** How an operation is differentiated. */
export interface OperationGradient<Input extends string, Attributes extends object, Saved extends Input> {
  /** The inputs that the gradient needs, kept until then. */
  readonly saveInputs: readonly Saved[];
  /** The positions of the outputs that the gradient needs, ascending. */
  readonly saveOutputs: readonly number[];
  /** Gradients by input, new tensors, for all inputs that can be differentiated (integers cannot). */
  readonly compute: (given: GradientInputs<Saved, Attributes>) => Partial<NamedTensors<Input>>;
}

/** What the gradient of an operation is computed from. */
export interface GradientInputs<Saved extends string, Attributes extends object> {
  /** The gradients of the outputs. */
  readonly dy: readonly tf.Tensor[];
  readonly inputs: NamedTensors<Saved>;
  /** The saved outputs, in the order of `saveOutputs`. */
  readonly outputs: readonly tf.Tensor[];
  readonly attributes: Attributes;
}

/** Calls an operation. The results belong to the caller. */
export type Operation<Input extends string, Attributes extends object> = (
  inputs: NamedTensors<Input>,
  attributes: Attributes,
) => tf.Tensor[];

/**
 * Defines an operation as a tfjs *kernel* whose implementation is made of ordinary tfjs operations, so that it runs on every backend.
 *
 * tfjs's gradients of a composed layer normalization, GELU or cross entropy leave dozens of small kernels behind. As a kernel of its own the
 * operation is one node on the gradient tape, its gradient is another, and a backend that knows the kernel by name (the tracing backend of
 * `@cloze/jit`, which lowers it to a fused operator) sees nothing else. The kernels of core and objectives:
 *
 * | kernel | inputs | attributes | outputs |
 * |---|---|---|---|
 * | `LayerNormalization` | x [..., D], scale [D], bias [D] | epsilon | y, mean [..., 1], inverseStandardDeviation [..., 1] |
 * | `LayerNormalizationGrad` | dy, x, scale, mean, inverseStandardDeviation | | dx, dscale, dbias |
 * | `RmsNormalization` | x [..., D], scale [D] | epsilon | y, inverseRms [..., 1] |
 * | `RmsNormalizationGrad` | dy, x, scale, inverseRms | | dx, dscale |
 * | `Gelu` | x | approximate: 'none' or 'tanh' | y |
 * | `GeluGrad` | dy, x | approximate | dx |
 * | `SoftmaxCrossEntropy` | logits [N, V], labels [N] int32 | | loss [N] in nats, 0 where label < 0; logSumExp [N, 1] |
 * | `SoftmaxCrossEntropyGrad` | dy [N], logits, labels, logSumExp | | dlogits, 0 in rows where label < 0 |
 * | `RandomBits` | root [2] int32 | path: two words, shape | uniform 32-bit words, int32 |
 * | `RandomUniform` | root [2] int32 | path: two words, shape | (bits >>> 8) * 2^-24, float32 |
 * | `UnsortedSegmentSum` | x, segmentIds | numSegments | as tfjs's own; supplied where a backend lacks it |
 */
export function defineOperation<Input extends string, Attributes extends object, Saved extends Input = never>(
  definition: OperationDefinition<Input, Attributes, Saved>,
): Operation<Input, Attributes> {
  return (inputs, attributes) => {
    ensureKernel(definition.name, (given, settings) => definition.compute(given, settings as unknown as Attributes));
    ensureGradient(definition);
    const results = tf
      .engine()
      .runKernel<tf.Tensor | tf.Tensor[]>(definition.name, { ...inputs }, { ...attributes } as tf.NamedAttrMap);
    return Array.isArray(results) ? results : [results];
  };
}

/**
 * Gives the active backend a kernel unless it has it. Done at the call and not at import, because backends may be registered at any time.
 *
 * @param compute the implementation by ordinary tfjs operations, or on the host.
 */
export function ensureKernel(
  kernelName: string,
  compute: (inputs: Readonly<Record<string, tf.Tensor>>, attributes: tf.NamedAttrMap) => readonly tf.Tensor[],
): void {
  const backendName = tf.getBackend();
  // An absent backend is created by tfjs when the kernel runs; then the name is known.
  const known = tf.getKernel(kernelName, backendName) as tf.KernelConfig | undefined;
  if (known !== undefined) return;
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs }) => {
      const tensors = Object.fromEntries(Object.entries(inputs).map(([name, info]) => [name, toTensor(info)]));
      const results = tf.tidy(() => [...compute(tensors, attrs ?? {})]);
      const [first] = results;
      assert(first !== undefined, `${kernelName}: a kernel returns at least one tensor.`);
      return results.length === 1 ? first : results;
    },
  });
}

const definedGradients = new Set<string>();

function ensureGradient<Input extends string, Attributes extends object, Saved extends Input>({
  name,
  gradient,
}: OperationDefinition<Input, Attributes, Saved>): void {
  if (gradient === undefined || definedGradients.has(name)) return;
  definedGradients.add(name);
  const { saveInputs, saveOutputs, compute } = gradient;
  tf.registerGradient({
    kernelName: name,
    inputsToSave: [...saveInputs],
    outputsToSave: maskOf(saveOutputs),
    gradFunc: (dy, saved, attributes) => {
      const gradients = compute({
        dy: Array.isArray(dy) ? dy : [dy],
        inputs: Object.fromEntries(saveInputs.map((input, index) => [input, saved[index]])) as NamedTensors<Saved>,
        outputs: saved.slice(saveInputs.length),
        attributes: attributes as unknown as Attributes,
      });
      return Object.fromEntries(
        Object.entries<tf.Tensor | undefined>(gradients).flatMap(([input, value]) =>
          value === undefined ? [] : [[input, () => value] as const],
        ),
      );
    },
  });
}

/** tfjs wants a mask over the outputs. */
function maskOf(positions: readonly number[]): boolean[] {
  return Array.from({ length: Math.max(-1, ...positions) + 1 }, (_, position) => positions.includes(position));
}

/** Inputs of kernels are declared as mere descriptions but are the tensors themselves when the engine calls. */
function toTensor(info: unknown): tf.Tensor {
  assert(isTensor(info), 'operation: a kernel was called outside of the tfjs engine.');
  return info;
}
