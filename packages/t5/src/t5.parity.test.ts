import { join } from 'node:path';
import { testCompiled, testParity } from '@cloze/conformance';
import { parityFolder } from '@cloze/testing';
import { describe } from 'vitest';
import { t5Family } from './family.ts';

const parity = parityFolder();

describe.runIf(parity !== undefined)('T5 equals the reference implementation', () => {
  const fixtures = [
    { folder: 't5-for-conditional-generation', task: 'conditional-generation' },
    { folder: 't5-v1.1-for-conditional-generation', task: 'conditional-generation' },
    { folder: 't5-encoder', task: 'encoder' },
  ];
  for (const { folder, task } of fixtures) {
    const fixture = { folder: join(parity ?? '', folder), task };
    testParity(t5Family, fixture);
    testCompiled(t5Family, fixture);
  }
});
