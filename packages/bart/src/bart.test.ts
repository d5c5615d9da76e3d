import { join } from 'node:path';
import { testModelFamily } from '@cloze/conformance';
import { describe } from 'vitest';
import { bartFamily } from './family.ts';

describe('BART equals the reference implementation', () => {
  const folder = (name: string): string => join(import.meta.dirname, 'fixtures', name);
  testModelFamily(bartFamily, { folder: folder('bart-model'), task: 'base' });
  for (const task of ['conditional-generation', 'sequence-classification', 'question-answering']) {
    testModelFamily(bartFamily, { folder: folder(`bart-${task}`), task });
  }
});
