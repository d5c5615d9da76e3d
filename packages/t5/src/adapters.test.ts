import { join } from 'node:path';
import { testAdapterMethods } from '@cloze/conformance';
import { describe } from 'vitest';
import { t5Family } from './family.ts';

const NO_HEAD = {
  refused: { head: 'the model must have a head of its own', bitfit: 'the model must have biases, or a head' },
};

describe('T5 is fine-tuned by adapters', () => {
  const folder = (name: string): string => join(import.meta.dirname, 'fixtures', name);
  testAdapterMethods(t5Family, { folder: folder('t5-v1.1'), task: 'conditional-generation' }, NO_HEAD);
  testAdapterMethods(t5Family, { folder: folder('t5-classification'), task: 'sequence-classification' });
});
