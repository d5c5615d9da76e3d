import { at, numbersOf } from '../kernels/definition.ts';
import { sizeOf } from '../graph.ts';
import { ONNX_TYPE } from '../onnx/model.ts';
import type { Lowering, LoweringContext } from './context.ts';

const GOLDEN = 0x9e3779b9;

/**
 * The counter-based generator of `@cloze/core`, word for word, on unsigned 32-bit ONNX operators: a key of two words and a path of two words
 * give `shape` words, so the host, eager tfjs and a compiled step draw the same bits.
 */
export const lowerRandomBits: Lowering = (node, onnx) => {
  const { shape } = at(node.outputs, 0);
  const [path0 = 0, path1 = 0] = numbersOf(node.attributes, 'path');
  const root = onnx.cast(onnx.nameOf(at(node.inputs, 0)), ONNX_TYPE.uint32);
  const word = (index: number): string => onnx.emit('Gather', [root, onnx.scalar(index, 'int64')], { axis: { int: 0 } });
  const k0 = mix(xor(word(0), onnx.scalar(path0 >>> 0, 'uint32'), onnx), onnx);
  const k1 = mix(onnx.emit('Add', [xor(word(1), onnx.scalar(path1 >>> 0, 'uint32'), onnx), k0]), onnx);

  const size = sizeOf(shape);
  const counters = Uint32Array.from({ length: size }, (_, index) => Math.imul(index, GOLDEN) >>> 0);
  let x = onnx.emit('Add', [onnx.constant('uint32', [size], counters), k0]);
  x = multiply(xorShift(x, 16, onnx), 0x21f0aaad, onnx);
  x = onnx.emit('Add', [xorShift(x, 15, onnx), k1]);
  x = xorShift(multiply(x, 0x735a2d97, onnx), 15, onnx);
  const signed = onnx.cast(x, ONNX_TYPE.int32);
  onnx.alias(at(node.outputs, 0), onnx.reshape(signed, shape));
};

function mix(h: string, onnx: LoweringContext): string {
  const first = multiply(xorShift(h, 16, onnx), 0x21f0aaad, onnx);
  return xorShift(multiply(xorShift(first, 15, onnx), 0xd35a2d97, onnx), 15, onnx);
}

function xorShift(x: string, bits: number, onnx: LoweringContext): string {
  return xor(x, onnx.emit('BitShift', [x, onnx.scalar(bits, 'uint32')], { direction: { string: 'RIGHT' } }), onnx);
}

function xor(a: string, b: string, onnx: LoweringContext): string {
  return onnx.emit('BitwiseXor', [a, b]);
}

function multiply(x: string, factor: number, onnx: LoweringContext): string {
  return onnx.emit('Mul', [x, onnx.scalar(factor, 'uint32')]);
}
