import { join } from 'node:path';
import { testCompiled, testParity } from '@cloze/conformance';
import { parityFolder } from '@cloze/testing';
import { describe } from 'vitest';
import { bartFamily } from './family.ts';

const parity = parityFolder();

describe.runIf(parity !== undefined)('BART equals the reference implementation', () => {
  for (const task of ['conditional-generation', 'sequence-classification']) {
    const fixture = { folder: join(parity ?? '', `bart-for-${task}`), task };
    testParity(bartFamily, fixture);
    testCompiled(bartFamily, fixture);
  }
});
