import { join } from 'node:path';
import { testModelFamily } from '@cloze/conformance';
import { describe } from 'vitest';
import { elmoFamily } from './family.ts';

describe('ELMo equals the reference implementation', () => {
  const folder = (name: string): string => join(import.meta.dirname, 'fixtures', name);
  testModelFamily(elmoFamily, { folder: folder('language-model'), task: 'bidirectional-language-modeling' });
  testModelFamily(elmoFamily, { folder: folder('token-classification'), task: 'token-classification' });
  testModelFamily(elmoFamily, { folder: folder('sequence-classification'), task: 'sequence-classification' });
});
