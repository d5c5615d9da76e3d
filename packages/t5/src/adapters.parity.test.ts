import { join } from 'node:path';
import { ADAPTER_METHODS, testAdapter } from '@cloze/conformance';
import { parityFolder } from '@cloze/testing';
import { describe } from 'vitest';
import { t5Family } from './family.ts';

const parity = parityFolder();

describe.runIf(parity !== undefined)('Adapters on T5 equal Hugging Face PEFT', () => {
  for (const method of ADAPTER_METHODS) {
    testAdapter(t5Family, { folder: join(parity ?? '', 'peft', `t5-${method}`), task: 'conditional-generation' });
  }
});
