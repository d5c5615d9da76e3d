import { join } from 'node:path';
import { testModelFamily } from '@cloze/conformance';
import { describe } from 'vitest';
import { glmFamily } from './family.ts';

describe('GLM equals a plain PyTorch implementation', () => {
  const folder = (name: string): string => join(import.meta.dirname, 'fixtures', name);
  testModelFamily(glmFamily, { folder: folder('blank-infilling'), task: 'blank-infilling' });
  testModelFamily(glmFamily, { folder: folder('sequence-classification'), task: 'sequence-classification' });
  testModelFamily(glmFamily, { folder: folder('multiple-choice'), task: 'multiple-choice' });
});
