import { join } from 'node:path';
import { testAdapterMethods } from '@cloze/conformance';
import { describe } from 'vitest';
import { elmoFamily } from './family.ts';

const NO_ATTENTION = 'prefix tuning needs a model with the attention of @cloze/core';
const REFUSED = {
  ia3: 'the model must have one of the layers',
  adapter: 'the model must have one of the layers',
  houlsby: 'the model must have one of the layers',
  prefix: NO_ATTENTION,
  prompt: 'prompt tuning needs a model of tokens',
  'p-tuning': 'P-tuning needs a model of tokens',
};

describe('ELMo is fine-tuned by adapters', () => {
  const folder = (name: string): string => join(import.meta.dirname, 'fixtures', name);
  testAdapterMethods(
    elmoFamily,
    { folder: folder('sequence-classification'), task: 'sequence-classification' },
    { refused: REFUSED },
  );
});
