import { join } from 'node:path';
import { ADAPTER_METHODS, testAdapter } from '@cloze/conformance';
import { parityFolder } from '@cloze/testing';
import { describe } from 'vitest';
import { bertFamily } from './family.ts';

const parity = parityFolder();

describe.runIf(parity !== undefined)('Adapters on BERT equal Hugging Face PEFT', () => {
  for (const method of ADAPTER_METHODS) {
    testAdapter(bertFamily, { folder: join(parity ?? '', 'peft', `bert-${method}`), task: 'sequence-classification' });
  }
});
