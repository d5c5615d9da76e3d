import { join } from 'node:path';
import { testModelFamily } from '@cloze/conformance';
import { describe } from 'vitest';
import { bertFamily } from './family.ts';

describe('BERT equals the reference implementation', () => {
  const tasks = {
    base: 'base',
    'pre-training': 'pre-training',
    'masked-language-modeling': 'masked-language-modeling',
    'next-sentence-prediction': 'next-sentence-prediction',
    classification: 'sequence-classification',
    regression: 'sequence-classification',
    'token-classification': 'token-classification',
    'question-answering': 'question-answering',
    'multiple-choice': 'multiple-choice',
  };
  for (const [name, task] of Object.entries(tasks)) {
    testModelFamily(bertFamily, { folder: join(import.meta.dirname, 'fixtures', name), task });
  }
});
