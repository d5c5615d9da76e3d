import { join } from 'node:path';
import { testAdapterMethods } from '@cloze/conformance';
import { describe } from 'vitest';
import { gptFamily } from './family.ts';

const NO_HEAD = { refused: { head: 'the model must have a head of its own' } };

describe('GPT is fine-tuned by adapters', () => {
  const folder = (name: string): string => join(import.meta.dirname, 'fixtures', name);
  testAdapterMethods(gptFamily, { folder: folder('gpt2-lm-head'), task: 'causal-language-modeling' }, NO_HEAD);
  testAdapterMethods(gptFamily, { folder: folder('openai-gpt-classification'), task: 'sequence-classification' });
});
