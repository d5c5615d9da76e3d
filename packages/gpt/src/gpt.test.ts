import { join } from 'node:path';
import { testModelFamily } from '@cloze/conformance';
import { describe } from 'vitest';
import { gptFamily } from './family.ts';

describe('GPT equals the reference implementation', () => {
  const folder = (name: string): string => join(import.meta.dirname, 'fixtures', name);
  testModelFamily(gptFamily, { folder: folder('gpt2-lm-head'), task: 'causal-language-modeling' });
  testModelFamily(gptFamily, { folder: folder('openai-gpt-lm-head'), task: 'causal-language-modeling' });
  testModelFamily(gptFamily, { folder: folder('gpt2-classification'), task: 'sequence-classification' });
  testModelFamily(gptFamily, { folder: folder('openai-gpt-classification'), task: 'sequence-classification' });
  testModelFamily(gptFamily, { folder: folder('gpt2-token-classification'), task: 'token-classification' });
  testModelFamily(gptFamily, { folder: folder('gpt2-question-answering'), task: 'question-answering' });
  testModelFamily(gptFamily, { folder: folder('gpt2-double-heads'), task: 'double-heads' });
  testModelFamily(gptFamily, { folder: folder('openai-gpt-double-heads'), task: 'double-heads' });
});
