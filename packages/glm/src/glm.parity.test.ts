import { join } from 'node:path';
import { testCompiled, testParity } from '@cloze/conformance';
import { parityFolder } from '@cloze/testing';
import { describe } from 'vitest';
import { glmFamily } from './family.ts';

const parity = parityFolder();

describe.runIf(parity !== undefined)("GLM equals its authors' implementation", () => {
  for (const name of ['glm-blank-infilling', 'glm-generation-mask']) {
    const fixture = { folder: join(parity ?? '', name), task: 'blank-infilling' };
    testParity(glmFamily, fixture);
    testCompiled(glmFamily, fixture);
  }
});
