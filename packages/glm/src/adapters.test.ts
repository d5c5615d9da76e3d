import { join } from 'node:path';
import { testAdapterMethods } from '@cloze/conformance';
import { describe } from 'vitest';
import { glmFamily } from './family.ts';

const NO_HEAD = { refused: { head: 'the model must have a head of its own' } };

describe('GLM is fine-tuned by adapters', () => {
  const folder = (name: string): string => join(import.meta.dirname, 'fixtures', name);
  testAdapterMethods(glmFamily, { folder: folder('blank-infilling'), task: 'blank-infilling' }, NO_HEAD);
  testAdapterMethods(glmFamily, { folder: folder('sequence-classification'), task: 'sequence-classification' });
});
