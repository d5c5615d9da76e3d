import { join } from 'node:path';
import { testCompiled, testParity } from '@cloze/conformance';
import { parityFolder } from '@cloze/testing';
import { describe } from 'vitest';
import { bertFamily } from './family.ts';

const parity = parityFolder();

describe.runIf(parity !== undefined)('BERT equals the reference implementation', () => {
  const cases = {
    'bert-model': 'base',
    'bert-for-pretraining': 'pre-training',
    'bert-for-masked-lm': 'masked-language-modeling',
    'bert-for-sequence-classification': 'sequence-classification',
    'bert-for-regression': 'sequence-classification',
    'bert-for-token-classification': 'token-classification',
    'bert-for-question-answering': 'question-answering',
  };
  for (const [name, task] of Object.entries(cases)) {
    const fixture = { folder: join(parity ?? '', name), task };
    testParity(bertFamily, fixture);
    testCompiled(bertFamily, fixture);
  }
});
