import { join } from 'node:path';
import { ADAPTER_METHODS, testAdapter } from '@cloze/conformance';
import { parityFolder } from '@cloze/testing';
import { describe } from 'vitest';
import { bartFamily } from './family.ts';

const parity = parityFolder();

describe.runIf(parity !== undefined)('Adapters on BART equal Hugging Face PEFT', () => {
  for (const method of ADAPTER_METHODS) {
    testAdapter(bartFamily, { folder: join(parity ?? '', 'peft', `bart-${method}`), task: 'conditional-generation' });
  }
});
