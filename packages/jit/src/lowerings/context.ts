import type { ConstantData, ElementType, GraphNode, Value, ValueType } from '../graph.ts';
import { sizeOf } from '../graph.ts';
import type { FusedAttributes } from '../kernels/internal.ts';
import type { OnnxAttribute, OnnxInitializer, OnnxNode, OnnxType } from '../onnx/model.ts';

/** Attributes of an ONNX node. */
export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

/** Turns one graph node into ONNX nodes. */
export type Lowering = (node: GraphNode, onnx: LoweringContext) => void;

/** Microsoft's operator domain of ONNX Runtime. */
export const MICROSOFT = 'com.microsoft';

/** The domain of operators that are compiled to machine code. */
export const FUSED = 'cloze';

/** Makes an operator of domain {@link FUSED} of a fused node's program and returns its name. */
export type AddFusedOperator = (fused: FusedAttributes) => string;

/** Collects ONNX nodes and constants while a graph is lowered, and knows the ONNX name of each value. */
export class LoweringContext {
  readonly nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, OnnxInitializer>();
  readonly #names = new Map<Value, string>();
  readonly #constants: ReadonlyMap<Value, ConstantData>;
  #next = 0;

  readonly addFusedOperator: AddFusedOperator;

  constructor(constants: ReadonlyMap<Value, ConstantData>, addFusedOperator: AddFusedOperator) {
    this.#constants = constants;
    this.addFusedOperator = addFusedOperator;
  }

  get initializers(): OnnxInitializer[] {
    return [...this.#initializers.values()];
  }

  /** Fixes the name of a graph input or result. */
  setName(value: Value, name: string): void {
    this.#names.set(value, name);
  }

  /** The ONNX name of a value that is computed already, or of a constant. */
  nameOf(value: Value): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const constant = this.#constants.get(value);
    const name = constant === undefined ? this.#freshName() : this.#constantName(value, constant);
    this.#names.set(value, name);
    return name;
  }

  /** The elements of a constant, if the value is one. */
  constantOf(value: Value): ConstantData | undefined {
    return this.#constants.get(value);
  }

  /** Adds a node whose single result is an intermediate; returns its name. */
  emit(operator: string, inputs: readonly string[], attributes: OnnxAttributes = {}, domain = ''): string {
    const output = this.#freshName();
    this.nodes.push({ operator, domain, inputs, outputs: [output], attributes });
    return output;
  }

  /** Adds a node with several intermediate results; returns their names. */
  emitMany(operator: string, inputs: readonly string[], count: number, attributes: OnnxAttributes = {}): string[] {
    const outputs = Array.from({ length: count }, () => this.#freshName());
    this.nodes.push({ operator, domain: '', inputs, outputs, attributes });
    return outputs;
  }

  /** Adds a node that computes the given values of the graph. */
  define(
    outputs: readonly (Value | undefined)[],
    operator: string,
    inputs: readonly string[],
    attributes: OnnxAttributes = {},
    domain = '',
  ): void {
    this.nodes.push({
      operator,
      domain,
      inputs,
      outputs: outputs.map((output) => (output === undefined ? '' : this.nameOf(output))),
      attributes,
    });
  }

  /** Lets a value be another name for one that is computed already. */
  alias(value: Value, name: string): void {
    const known = this.#names.get(value);
    if (known === undefined) this.#names.set(value, name);
    else this.nodes.push({ operator: 'Identity', domain: '', inputs: [name], outputs: [known], attributes: {} });
  }

  /** A constant list of 64-bit integers: shapes, axes, positions. */
  integers(values: readonly number[]): string {
    return this.#addInitializer(`integers_${values.join('_')}`, {
      type: 'int64',
      shape: [values.length],
      values: BigInt64Array.from(values, BigInt),
    });
  }

  /** A constant of rank 0. */
  scalar(value: number, type: ElementType | 'int64' | 'uint32' = 'float32'): string {
    const elements = {
      float32: () => Float32Array.of(value),
      int32: () => Int32Array.of(value),
      bool: () => Uint8Array.of(value),
      int64: () => BigInt64Array.of(BigInt(value)),
      uint32: () => Uint32Array.of(value),
    }[type]();
    return this.#addInitializer(`${type}_${Object.is(value, -0) ? '-0' : String(value)}`, {
      type,
      shape: [],
      values: elements,
    });
  }

  /** Any other constant. */
  constant(type: OnnxType, shape: readonly number[], values: OnnxInitializer['values']): string {
    return this.#addInitializer(this.#freshName(), { type, shape, values });
  }

  /** Casts to an ONNX type given by its number in `ONNX_TYPE`. */
  cast(name: string, to: number): string {
    return this.emit('Cast', [name], { to: { int: to } });
  }

  /** Brings a tensor to another shape of the same size. */
  reshape(name: string, shape: readonly number[]): string {
    return this.emit('Reshape', [name, this.integers(shape)]);
  }

  #constantName(value: ValueType, { values, isUniform }: ConstantData): string {
    const size = sizeOf(value.shape);
    if (isUniform && size > 1) {
      return this.emit('Expand', [this.scalar(values[0] ?? 0, value.dtype), this.integers(value.shape)]);
    }
    return this.constant(value.dtype, value.shape, values);
  }

  #addInitializer(name: string, initializer: Omit<OnnxInitializer, 'name'>): string {
    if (!this.#initializers.has(name)) this.#initializers.set(name, { name, ...initializer });
    return name;
  }

  #freshName(): string {
    return `v${String(this.#next++)}`;
  }
}
