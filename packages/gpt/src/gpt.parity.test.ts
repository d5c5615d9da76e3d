import { join } from 'node:path';
import { testParity } from '@cloze/conformance';
import { parityFolder } from '@cloze/testing';
import { describe } from 'vitest';
import { gptFamily } from './family.ts';

const parity = parityFolder();

describe.runIf(parity !== undefined)('GPT equals the reference implementation', () => {
  const folder = (name: string): string => join(parity ?? '', name);
  testParity(gptFamily, { folder: folder('gpt2-lm-head'), task: 'causal-language-modeling' });
  testParity(gptFamily, { folder: folder('openai-gpt-lm-head'), task: 'causal-language-modeling' });
  testParity(gptFamily, { folder: folder('gpt2-for-sequence-classification'), task: 'sequence-classification' });
});
