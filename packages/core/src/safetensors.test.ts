import { describe, expect, it } from 'vitest';
import type { HostTensor } from './host-tensor.ts';
import { openSafetensors, parseSafetensors, serializeSafetensors, type ByteReader } from './safetensors.ts';

const tensors = new Map<string, HostTensor>([
  ['flags', { dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) }],
  ['half', { dtype: 'F16', shape: [2], data: Float32Array.of(0.5, -2) }],
  ['brain', { dtype: 'BF16', shape: [1], data: Float32Array.of(3) }],
  ['single', { dtype: 'F32', shape: [2, 1], data: Float32Array.of(1.1, NaN) }],
  ['long', { dtype: 'I64', shape: [1], data: BigInt64Array.of(-(2n ** 40n)) }],
  ['int', { dtype: 'I32', shape: [], data: Int32Array.of(-7) }],
  ['bytes', { dtype: 'U8', shape: [2], data: Uint8Array.of(0, 255) }],
  ['empty', { dtype: 'F32', shape: [0, 4], data: new Float32Array() }],
  ['__proto__', { dtype: 'F32', shape: [1], data: Float32Array.of(4) }],
]);

function readerOf(bytes: Uint8Array): ByteReader & { readonly ranges: [number, number][] } {
  const ranges: [number, number][] = [];
  return {
    file: 'model.safetensors',
    size: bytes.length,
    ranges,
    read: (offset, length) => {
      ranges.push([offset, length]);
      return Promise.resolve(bytes.subarray(offset, offset + length));
    },
  };
}

describe('safetensors', () => {
  it('reads back what it writes, in an order of its own', () => {
    const bytes = serializeSafetensors(tensors);
    const read = parseSafetensors(bytes);
    expect(read.metadata).toEqual(new Map([['format', 'pt']]));
    expect([...read.tensors.keys()]).toEqual([
      'long',
      '__proto__',
      'empty',
      'int',
      'single',
      'brain',
      'half',
      'bytes',
      'flags',
    ]);
    expect(new Map([...read.tensors].sort())).toEqual(new Map([...tensors].sort()));
    expect(serializeSafetensors(new Map([...tensors].reverse()))).toEqual(bytes);
  });

  it.each([new Uint8Array(2000), Buffer.alloc(2000)])('reads from any alignment, also from Buffers (%#)', (memory) => {
    const bytes = serializeSafetensors(tensors);
    memory.set(bytes, 3);
    const read = parseSafetensors(memory.subarray(3, 3 + bytes.length));
    expect(read.tensors).toEqual(parseSafetensors(bytes).tensors);
  });

  it('opens a file by its header and reads single tensors', async () => {
    const reader = readerOf(serializeSafetensors(tensors, new Map([['step', '3']])));
    const file = await openSafetensors(reader);
    expect(file.metadata.get('step')).toBe('3');
    expect(await file.read('half')).toEqual(tensors.get('half'));
    expect(await file.read('constructor')).toBeUndefined();
    expect(reader.ranges.slice(2).map(([, length]) => length)).toEqual([4]);
  });

  it('says when a file shrinks while it is read', async () => {
    const bytes = serializeSafetensors(tensors);
    const file = await openSafetensors({
      ...readerOf(bytes),
      read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length - (offset > 8 ? 1 : 0))),
    });
    await expect(file.read('long')).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: SAFETENSORS_TRUNCATED: model.safetensors @ byte 576: tensor "long" must have 8 bytes, 7 were read. The file changed while it was read; read it again.]`,
    );
  });

  it('refuses to write a tensor whose shape is wrong', () => {
    const wrong = new Map<string, HostTensor>([['a', { dtype: 'F32', shape: [3], data: Float32Array.of(1) }]]);
    expect(() => serializeSafetensors(wrong)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SHAPE_MISMATCH: tensor "a" of shape [3] must have 3 elements, got 1. Give it the shape of its data.]`,
    );
  });
});
