import { join } from 'node:path';
import { testCompiled, testParity } from '@cloze/conformance';
import { parityFolder } from '@cloze/testing';
import { describe } from 'vitest';
import { gptFamily } from './family.ts';

const parity = parityFolder();

describe.runIf(parity !== undefined)('GPT equals the reference implementation', () => {
  const folder = (name: string): string => join(parity ?? '', name);
  const fixtures = [
    { folder: folder('gpt2-lm-head'), task: 'causal-language-modeling' },
    { folder: folder('gpt2-for-sequence-classification'), task: 'sequence-classification' },
  ];
  // openai-gpt-lm-head is left out: it was made with a damaged causal mask, which its own weights do not reproduce in Hugging Face transformers
  // either (docs/decisions/2026-11-24-gpt1-reference.md). GPT-1 is held to fixtures of our own in gpt.test.ts.
  for (const fixture of fixtures) {
    testParity(gptFamily, fixture);
    testCompiled(gptFamily, fixture);
  }
});
