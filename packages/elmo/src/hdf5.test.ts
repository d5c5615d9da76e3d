import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readElmoHdf5 } from './hdf5.ts';

const bytes = readFileSync(join(import.meta.dirname, 'fixtures', 'tensors.hdf5'));

describe('readElmoHdf5', () => {
  it('reads tensors by their paths', async () => {
    const tensors = await readElmoHdf5(bytes);
    expect([...tensors.keys()].sort()).toEqual(['RNN_0/RNN/B', 'RNN_0/double', 'RNN_0/integers', 'char_embed']);
    expect(tensors.get('char_embed')).toEqual({
      dtype: 'F32',
      shape: [3, 2],
      data: Float32Array.of(0, 1, 2, 3, 4, 5),
    });
    expect(tensors.get('RNN_0/RNN/B')?.data).toEqual(Float32Array.of(0.5, -2));
    expect(tensors.get('RNN_0/double')?.data).toEqual(Float32Array.of(0.25));
    expect(tensors.get('RNN_0')).toBeUndefined();
  });

  it('refuses what is damaged or holds no numbers', async () => {
    await expect(readElmoHdf5(Uint8Array.of(1, 2, 3), { file: 'x.hdf5' })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: CHECKPOINT_CORRUPT: x.hdf5: The file must be HDF5. The file is damaged or holds something else; get it again.]`,
    );
    const tensors = await readElmoHdf5(bytes, { file: 'x.hdf5' });
    expect(() => tensors.get('RNN_0/integers')).toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: CHECKPOINT_CORRUPT: x.hdf5: The tensor RNN_0/integers must hold floating point numbers. The file is damaged or holds something else; get it again.]`,
    );
    const cut = await readElmoHdf5(bytes.subarray(0, bytes.length - 8));
    expect(() => [...cut.keys()].map((name) => cut.get(name))).toThrow('CHECKPOINT_CORRUPT: ');
  });

  it('says how to go on without jsfive', async () => {
    vi.doMock('jsfive', () => {
      throw new Error('Cannot find package');
    });
    await expect(readElmoHdf5(bytes)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: UNSUPPORTED_FORMAT: Reading HDF5 needs the package jsfive, which is not installed. Install it (npm install jsfive), or convert the file: with h5py and safetensors in Python, save_file({name: dataset[()]}) under the same names.]`,
    );
    vi.doUnmock('jsfive');
  });
});
