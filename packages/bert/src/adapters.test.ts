import { join } from 'node:path';
import { testAdapterMethods } from '@cloze/conformance';
import { describe } from 'vitest';
import { bertFamily } from './family.ts';

describe('BERT is fine-tuned by adapters', () => {
  const folder = (name: string): string => join(import.meta.dirname, 'fixtures', name);
  testAdapterMethods(bertFamily, { folder: folder('classification'), task: 'sequence-classification' });
  testAdapterMethods(bertFamily, { folder: folder('question-answering'), task: 'question-answering' });
});
