import { join } from 'node:path';
import { testAdapter } from '@cloze/conformance';
import { parityFolder } from '@cloze/testing';
import { describe } from 'vitest';
import { t5Family } from './family.ts';

const parity = parityFolder();

describe.runIf(parity !== undefined)('Adapters on T5 equal Hugging Face PEFT', () => {
  for (const method of ['lora', 'lora-all', 'dora', 'ia3']) {
    testAdapter(t5Family, { folder: join(parity ?? '', 'peft', `t5-${method}`), task: 'conditional-generation' });
  }
});
