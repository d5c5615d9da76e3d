import { at, numbersOf } from '../kernels/definition.ts';
import { sizeOf, type GraphNode } from '../graph.ts';
import { ONNX_TYPE } from '../onnx/model.ts';
import type { Lowering, LoweringContext } from './context.ts';

const GOLDEN = 0x9e3779b9;

/** 32-bit words as int32. */
export const lowerRandomBits: Lowering = (node, onnx) => {
  const signed = onnx.cast(randomWords(node, onnx), ONNX_TYPE.int32);
  onnx.define(node.outputs, 'Reshape', [signed, onnx.integers(at(node.outputs, 0).shape)]);
};

/** The upper 24 bits of each word as a fraction in [0, 1), exact in float32. */
export const lowerRandomUniform: Lowering = (node, onnx) => {
  const upper = onnx.emit('BitShift', [randomWords(node, onnx), onnx.scalar(8, 'uint32')], {
    direction: { string: 'RIGHT' },
  });
  const fraction = onnx.emit('Mul', [onnx.cast(upper, ONNX_TYPE.float32), onnx.scalar(2 ** -24)]);
  onnx.define(node.outputs, 'Reshape', [fraction, onnx.integers(at(node.outputs, 0).shape)]);
};

/**
 * The counter-based generator of `@cloze/core`, word for word, on unsigned 32-bit operators: a key of two words and a path of two words give one
 * word per element, so the host, eager tfjs and a compiled step draw the same bits.
 */
function randomWords(node: GraphNode, onnx: LoweringContext): string {
  const size = sizeOf(at(node.outputs, 0).shape);
  const [path0 = 0, path1 = 0] = numbersOf(node.attributes, 'path');
  const root = onnx.cast(onnx.nameOf(at(node.inputs, 0)), ONNX_TYPE.uint32);
  const word = (index: number): string =>
    onnx.emit('Gather', [root, onnx.scalar(index, 'int64')], { axis: { int: 0 } });
  const first = mix(xor(word(0), onnx.scalar(path0 >>> 0, 'uint32'), onnx), onnx);
  const second = mix(onnx.emit('Add', [xor(word(1), onnx.scalar(path1 >>> 0, 'uint32'), onnx), first]), onnx);
  const counters = Uint32Array.from({ length: size }, (_, index) => Math.imul(index, GOLDEN) >>> 0);
  let x = onnx.emit('Add', [onnx.constant('uint32', [size], counters), onnx.emit('Add', [first, second])]);
  x = multiply(xorShift(x, 16, onnx), 0x21f0aaad, onnx);
  const odd = onnx.emit('BitwiseOr', [second, onnx.scalar(1, 'uint32')]);
  return xorShift(onnx.emit('Mul', [xorShift(x, 15, onnx), odd]), 15, onnx);
}

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
