import { join } from 'node:path';
import { testModelFamily } from '@cloze/conformance';
import { describe } from 'vitest';
import { t5Family } from './family.ts';

describe('T5 equals the reference implementation', () => {
  const folder = (name: string): string => join(import.meta.dirname, 'fixtures', name);
  testModelFamily(t5Family, { folder: folder('t5'), task: 'conditional-generation' });
  testModelFamily(t5Family, { folder: folder('t5-v1.1'), task: 'conditional-generation' });
  testModelFamily(t5Family, { folder: folder('t5-encoder'), task: 'encoder' });
  testModelFamily(t5Family, { folder: folder('t5-classification'), task: 'sequence-classification' });
  testModelFamily(t5Family, { folder: folder('t5-token-classification'), task: 'token-classification' });
  testModelFamily(t5Family, { folder: folder('t5-question-answering'), task: 'question-answering' });
});
