import * as tf from '@tensorflow/tfjs';
import { CallSite } from './call-site.ts';
import { JitError } from './errors.ts';
import {
  createValue,
  isElementType,
  sizeOf,
  type Attributes,
  type ConstantData,
  type ElementArray,
  type GraphNode,
  type Value,
} from './graph.ts';
import { isKernelName, KERNELS, orderInputs, type KernelDefinition, type KernelName } from './kernels/index.ts';

import { hasKernel } from './registered-kernel.ts';

/** The name under which the tracing backend is registered with tfjs. */
export const TRACING_BACKEND = 'cloze-tracing';

/**
 * A tfjs backend that computes nothing: every kernel call becomes a {@link GraphNode}, every tensor a {@link Value}.
 *
 * It does not build on `tf.DataStorage`, whose `get` would move an outside tensor away from its own backend. A data id that is not known here is
 * an outside tensor: its contents are read where they live and become a constant of the graph.
 */
export class TracingBackend extends tf.KernelBackend {
  #recording: Recording | undefined;

  /** Runs `body` while kernels are recorded into a new {@link Recording}. Tracing does not nest. */
  record<T>(body: (recording: Recording) => T): T {
    if (this.#recording !== undefined) {
      throw new JitError('JIT_ARGUMENT', {
        message: 'A function was compiled while another one was being traced.',
        hint: 'Call the inner function directly instead of its compiled form.',
      });
    }
    const recording = new Recording();
    this.#recording = recording;
    try {
      return body(recording);
    } finally {
      this.#recording = undefined;
    }
  }

  get recording(): Recording {
    if (this.#recording === undefined) throw dataDependent('A tensor of a finished trace was used.');
    return this.#recording;
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): tf.DataId {
    const dataId = {};
    this.recording.bind(dataId, this.recording.addConstant(shape, dtype, values));
    return dataId;
  }

  override readSync(dataId: object): tf.BackendValues {
    const constant = this.#recording?.constantOf(dataId);
    if (constant !== undefined) return expand(constant);
    throw dataDependent('The value of a tensor was read while the function was traced.');
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  override disposeData(): boolean {
    return true;
  }

  override refCount(): number {
    return 1;
  }

  override incRef(): void {
    // Each tensor has a data id of its own, so nothing is shared and nothing is counted.
  }

  override numDataIds(): number {
    return 0;
  }

  override memory(): { unreliable: boolean; reasons?: string[] } {
    return { unreliable: true, reasons: ['the tracing backend holds no values'] };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override dispose(): void {
    this.#recording = undefined;
  }
}

/** What one trace has seen so far. */
export class Recording {
  readonly nodes: GraphNode[] = [];
  readonly constants: Map<Value, ConstantData> = new Map<Value, ConstantData>();
  readonly #values = new WeakMap<object, Value>();

  /** Lets a tensor's data id stand for a value. */
  bind(dataId: object, value: Value): void {
    this.#values.set(dataId, value);
  }

  /** The value of a tensor; an outside tensor becomes a constant. */
  valueOf({ dataId, shape, dtype }: tf.TensorInfo): Value {
    const known = this.#values.get(dataId);
    if (known !== undefined) return known;
    const value = this.addConstant(shape, dtype, tf.engine().readSync(dataId));
    this.bind(dataId, value);
    return value;
  }

  constantOf(dataId: object): { value: Value; data: ConstantData } | undefined {
    const value = this.#values.get(dataId);
    const data = value && this.constants.get(value);
    return value && data && { value, data };
  }

  addConstant(shape: readonly number[], dtype: tf.DataType, values: tf.BackendValues): Value {
    if (!isElementType(dtype)) throw unsupportedType(dtype);
    const value = createValue({ shape, dtype });
    this.constants.set(value, toConstantData(values, dtype, sizeOf(shape)));
    return value;
  }

  /** Records a kernel call and returns what tfjs expects from a kernel. */
  call(
    kernel: KernelName,
    definition: KernelDefinition,
    inputs: tf.NamedTensorInfoMap,
    attributes: Attributes,
  ): tf.TensorInfo | tf.TensorInfo[] {
    const callSite = new CallSite();
    const values = orderInputs(kernel, definition, inputs).map((input) => this.valueOf(input));
    const outputs = definition.infer(values, attributes).map(createValue);
    this.nodes.push({ kernel, inputs: values, attributes, outputs, callSite });
    const infos = outputs.map((output) => {
      const dataId = {};
      this.bind(dataId, output);
      return { dataId, shape: [...output.shape], dtype: output.dtype };
    });
    const [single] = infos;
    return definition.returnsList === true || single === undefined || infos.length > 1 ? infos : single;
  }
}

let backend: TracingBackend | undefined;

/** The one tracing backend of this process, registered with tfjs on first use. */
export function tracingBackend(): TracingBackend {
  if (backend !== undefined) return backend;
  const created = new TracingBackend();
  for (const kernelName of Object.keys(KERNELS).filter(isKernelName)) {
    const definition = KERNELS[kernelName];
    tf.registerKernel({
      kernelName,
      backendName: TRACING_BACKEND,
      kernelFunc: ({ inputs, attrs }) => created.recording.call(kernelName, definition, inputs, attrs ?? {}),
    });
  }
  registerIdentity(created);
  tf.registerBackend(TRACING_BACKEND, () => created, 0);
  backend = created;
  return created;
}

/** Makes the kernels that other backends have and this one lacks fail by name and place. Called before each trace, because kernels can be added. */
export function refuseUnknownKernels(): void {
  for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
    if (hasKernel(kernelName, TRACING_BACKEND)) continue;
    if (!(kernelName in tf)) continue; // Not one of tfjs's own: its owner registers it on first use.
    tf.registerKernel({
      kernelName,
      backendName: TRACING_BACKEND,
      kernelFunc: () => {
        throw new JitError('JIT_UNSUPPORTED_KERNEL', {
          message: `The tfjs kernel ${kernelName}, called at ${new CallSite().toString()}, has no lowering.`,
          hint: "Express it with other ops, or run this function with the engine 'tfjs'.",
        });
      },
    });
  }
}

/** A clone is another name for the same value, not a node. */
function registerIdentity(backend: TracingBackend): void {
  tf.registerKernel({
    kernelName: tf.Identity,
    backendName: TRACING_BACKEND,
    kernelFunc: ({ inputs }) => {
      const { x } = inputs;
      if (x === undefined)
        throw new JitError('JIT_ARGUMENT', { message: 'Identity was called without a tensor.', hint: 'Pass one.' });
      const dataId = {};
      backend.recording.bind(dataId, backend.recording.valueOf(x));
      return { dataId, shape: x.shape, dtype: x.dtype };
    },
  });
}

function toConstantData(values: tf.BackendValues, dtype: 'float32' | 'int32' | 'bool', size: number): ConstantData {
  const elements = toElementArray(values, dtype);
  const isUniform = size > 1 && elements.every((element) => Object.is(element, elements[0]));
  return isUniform ? { values: elements.slice(0, 1), isUniform } : { values: elements.slice(), isUniform: size === 1 };
}

function toElementArray(values: tf.BackendValues, dtype: 'float32' | 'int32' | 'bool'): ElementArray {
  if (Array.isArray(values)) throw unsupportedType('string');
  switch (dtype) {
    case 'float32':
      return values instanceof Float32Array ? values : Float32Array.from(values);
    case 'int32':
      return values instanceof Int32Array ? values : Int32Array.from(values);
    case 'bool':
      return values instanceof Uint8Array ? values : Uint8Array.from(values);
  }
}

function expand({ value, data }: { value: Value; data: ConstantData }): ElementArray {
  return data.isUniform
    ? data.values.slice().constructor === Float32Array
      ? new Float32Array(sizeOf(value.shape)).fill(data.values[0] ?? 0)
      : fillIntegers(value, data)
    : data.values;
}

function fillIntegers(value: Value, { values }: ConstantData): ElementArray {
  const size = sizeOf(value.shape);
  return value.dtype === 'bool' ? new Uint8Array(size).fill(values[0] ?? 0) : new Int32Array(size).fill(values[0] ?? 0);
}

function dataDependent(message: string): JitError {
  return new JitError('JIT_DATA_DEPENDENT', {
    message: `${message} (at ${new CallSite().toString()})`,
    hint: 'A compiled function is recorded once for all values: branch with tf.where, or return the tensor and read it afterwards.',
  });
}

function unsupportedType(dtype: string): JitError {
  return new JitError('JIT_ARGUMENT', {
    message: `A tensor of type ${dtype} reached a compiled function.`,
    hint: 'Compiled functions compute with float32, int32 and bool.',
  });
}
