import { describe, expect, it } from 'vitest';
import { assert, CheckpointError, ClozeError, ConfigError, ERROR_CODES, ShapeError } from './errors.ts';

describe('ClozeError', () => {
  it('says where, what and what to do, and keeps the parts as fields', () => {
    const cause = new Error('inner');
    const error = new ClozeError('SAFETENSORS_OVERLAP', {
      message: 'tensor "a" overlaps "b".',
      hint: 'Download it again.',
      file: 'model.safetensors',
      offset: 1048,
      tensor: 'a',
      cause,
    });
    expect(error.message).toBe(
      'SAFETENSORS_OVERLAP: model.safetensors @ byte 1,048: tensor "a" overlaps "b". Download it again.',
    );
    expect(error).toMatchObject({ code: 'SAFETENSORS_OVERLAP', exitCode: 3, httpStatus: 400, tensor: 'a', cause });
  });

  it('writes lines, columns and JSON pointers', () => {
    const details = { message: 'm.', hint: 'h.', file: 'run.yaml', line: 3, column: 7, jsonPointer: '/steps' };
    expect(new ClozeError('USAGE', details).message).toBe('USAGE: run.yaml line 3, column 7 at "/steps": m. h.');
  });

  it('has subclasses to catch by, each with its codes', () => {
    const details = { message: 'm.', hint: 'h.' };
    expect(new ConfigError(details)).toMatchObject({ name: 'ConfigError', code: 'CONFIG_INVALID', exitCode: 2 });
    expect(new ShapeError(details)).toMatchObject({ name: 'ShapeError', code: 'SHAPE_MISMATCH' });
    expect(new CheckpointError('CHECKPOINT_CORRUPT', details)).toMatchObject({ name: 'CheckpointError', exitCode: 6 });
  });

  it('leaves exit statuses of 70 and above to bugs and signals', () => {
    const high = Object.entries(ERROR_CODES).filter(([, { exitCode }]) => exitCode >= 70);
    expect(high.map(([code]) => code)).toEqual(['INTERNAL', 'CANCELLED']);
  });
});

describe('assert', () => {
  it('throws INTERNAL when its condition does not hold', () => {
    expect(() => {
      assert(false, 'The list is empty.');
    }).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: INTERNAL: The list is empty. This is a bug in Cloze; please report it with this message.]`,
    );
  });
});
