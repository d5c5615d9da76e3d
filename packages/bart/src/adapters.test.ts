import { join } from 'node:path';
import { testAdapterMethods } from '@cloze/conformance';
import { describe } from 'vitest';
import { bartFamily } from './family.ts';

const NO_HEAD = { refused: { head: 'the model must have a head of its own' } };

describe('BART is fine-tuned by adapters', () => {
  const folder = (name: string): string => join(import.meta.dirname, 'fixtures', name);
  testAdapterMethods(
    bartFamily,
    { folder: folder('bart-conditional-generation'), task: 'conditional-generation' },
    NO_HEAD,
  );
  testAdapterMethods(bartFamily, { folder: folder('bart-sequence-classification'), task: 'sequence-classification' });
});
