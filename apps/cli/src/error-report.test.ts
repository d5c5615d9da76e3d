import { readFile } from 'node:fs/promises';
import { ClozeError } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { reportOf } from './error-report.ts';
import { UsageError } from './usage-error.ts';

describe('reportOf', () => {
  it('keeps the fields of typed errors, whatever their class', () => {
    const error = new ClozeError('SAFETENSORS_OVERLAP', {
      message: 'Two overlap.',
      hint: 'Download it again.',
      file: 'a',
      offset: 8,
      tensor: 'w',
    });
    expect(reportOf(error)).toEqual({
      code: 'SAFETENSORS_OVERLAP',
      exitCode: 3,
      message: 'SAFETENSORS_OVERLAP: a @ byte 8: Two overlap. Download it again.',
      hint: 'Download it again.',
      file: 'a',
      offset: 8,
      tensor: 'w',
    });
    expect(reportOf(new UsageError({ message: 'No.', hint: 'Yes.', file: 'f', line: 2, column: 3 }))).toEqual({
      code: 'CONFIG_INVALID',
      exitCode: 2,
      message: 'CONFIG_INVALID: f: line 2, column 3: No. Yes.',
      hint: 'Yes.',
      file: 'f',
      line: 2,
      column: 3,
    });
  });

  it('turns failed system calls into IO', async () => {
    const error: unknown = await readFile('/no/such/file').catch((caught: unknown) => caught);
    expect(reportOf(error)).toEqual({
      code: 'IO',
      exitCode: 4,
      message: 'IO: /no/such/file: open failed with ENOENT. Check the path.',
      hint: 'Check the path.',
      file: '/no/such/file',
      actual: 'ENOENT',
    });
  });

  it('tells our bugs from what others do', () => {
    expect(reportOf(new TypeError('x is not a function'))).toMatchObject({ code: 'INTERNAL', exitCode: 70 });
    expect(reportOf('thrown text').message).toMatch(/^INTERNAL: thrown text\nThis is a bug in Cloze/);
    expect(reportOf(AbortSignal.abort().reason)).toMatchObject({ code: 'CANCELLED', exitCode: 130 });
  });
});
