import { join } from 'node:path';
import { testParity } from '@cloze/conformance';
import { describe } from 'vitest';
import { gptFamily } from './family.ts';

describe('GPT equals the reference implementation', () => {
  const folder = (name: string): string => join(import.meta.dirname, 'fixtures', name);
  testParity(gptFamily, { folder: folder('gpt2-lm-head'), task: 'causal-language-modeling' });
  testParity(gptFamily, { folder: folder('openai-gpt-lm-head'), task: 'causal-language-modeling' });
  testParity(gptFamily, { folder: folder('gpt2-classification'), task: 'sequence-classification' });
  testParity(gptFamily, { folder: folder('openai-gpt-classification'), task: 'sequence-classification' });
});
