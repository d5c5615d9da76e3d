import type { ElementArray } from '../graph.ts';
import { ProtobufWriter } from './protobuf.ts';

/** ONNX element types (`TensorProto.DataType`) in use here. */
export const ONNX_TYPE = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  uint32: 12,
  uint64: 13,
} as const;

export type OnnxType = keyof typeof ONNX_TYPE;

/** A node attribute: a number is written as INT or FLOAT according to its tag. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly string: string };

/** An input or output of a model; a string in the shape is a symbolic length. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly (number | string)[];
}

/** A constant of a model. Elements are little-endian, row-major. */
export interface OnnxInitializer {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
  readonly values: ElementArray | BigInt64Array | Uint32Array;
}

/** One operator call. */
export interface OnnxNode {
  readonly operator: string;
  /** Empty for the standard operators. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A whole model, ready to be written. */
export interface OnnxModel {
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly initializers: readonly OnnxInitializer[];
  readonly nodes: readonly OnnxNode[];
  /** Versions of the operator sets by domain. */
  readonly operatorSets: Readonly<Record<string, number>>;
}

const IR_VERSION = 9;
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 } as const;

/**
 * Writes a model as an `.onnx` file.
 *
 * @see ONNX, `onnx.proto`, for the field numbers. <https://github.com/onnx/onnx/blob/v1.17.0/onnx/onnx.proto>
 */
export function serializeModel({ inputs, outputs, initializers, nodes, operatorSets }: OnnxModel): Uint8Array {
  return new ProtobufWriter()
    .integer(1, IR_VERSION)
    .string(2, 'cloze')
    .message(7, (graph) => {
      for (const node of nodes)
        graph.message(1, (message) => {
          writeNode(message, node);
        });
      graph.string(2, 'main');
      for (const initializer of initializers)
        graph.message(5, (message) => {
          writeInitializer(message, initializer);
        });
      for (const input of inputs)
        graph.message(11, (message) => {
          writeValueInfo(message, input);
        });
      for (const output of outputs)
        graph.message(12, (message) => {
          writeValueInfo(message, output);
        });
    })
    .concat(
      Object.entries(operatorSets).map(([domain, version]) =>
        new ProtobufWriter().message(8, (set) => void set.string(1, domain).integer(2, version)),
      ),
    )
    .finish();
}

function writeNode(message: ProtobufWriter, { operator, domain, inputs, outputs, attributes }: OnnxNode): void {
  for (const input of inputs) message.string(1, input);
  for (const output of outputs) message.string(2, output);
  message.string(4, operator);
  for (const [name, attribute] of Object.entries(attributes)) {
    message.message(5, (field) => {
      field.string(1, name);
      if ('float' in attribute) field.float(2, attribute.float).integer(20, ATTRIBUTE_TYPE.float);
      else if ('int' in attribute) field.integer(3, attribute.int).integer(20, ATTRIBUTE_TYPE.int);
      else if ('string' in attribute) field.string(4, attribute.string).integer(20, ATTRIBUTE_TYPE.string);
      else field.packedIntegers(8, attribute.ints).integer(20, ATTRIBUTE_TYPE.ints);
    });
  }
  message.string(7, domain);
}

function writeInitializer(message: ProtobufWriter, { name, type, shape, values }: OnnxInitializer): void {
  message.packedIntegers(1, shape).integer(2, ONNX_TYPE[type]).string(8, name);
  message.bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function writeValueInfo(message: ProtobufWriter, { name, type, shape }: OnnxValueInfo): void {
  message.string(1, name).message(2, (typeProto) => {
    typeProto.message(1, (tensor) => {
      tensor.integer(1, ONNX_TYPE[type]).message(2, (shapeProto) => {
        for (const length of shape) {
          shapeProto.message(1, (dim) => {
            if (typeof length === 'number') dim.integer(1, length);
            else dim.string(2, length);
          });
        }
      });
    });
  });
}
