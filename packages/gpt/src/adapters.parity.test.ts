import { join } from 'node:path';
import { ADAPTER_METHODS, testAdapter } from '@cloze/conformance';
import { parityFolder } from '@cloze/testing';
import { describe } from 'vitest';
import { gptFamily } from './family.ts';

const parity = parityFolder();

describe.runIf(parity !== undefined)('Adapters on GPT-2 equal Hugging Face PEFT', () => {
  for (const method of ADAPTER_METHODS) {
    testAdapter(gptFamily, { folder: join(parity ?? '', 'peft', `gpt2-${method}`), task: 'causal-language-modeling' });
  }
});
