import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { disposeModule } from '@cloze/core';
import { leaksNoTensors, parityFolder } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { ALL_FAMILIES } from './fixtures/families.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { loadPretrained } from './load-pretrained.ts';
import { folderRepository } from './repository.ts';
import { savePretrained } from './save-pretrained.ts';
import { readWeights } from './weights.ts';

const parity = parityFolder();
const CASES =
  parity === undefined ? [] : readdirSync(parity).filter((name) => /^(bert|gpt2|openai-gpt|bart|t5|glm)-/.test(name));

describe.runIf(parity !== undefined)('folders that Python wrote', () => {
  leaksNoTensors();

  it.each(CASES)('%s is loaded and saved with every tensor as it was', async (name) => {
    const original = join(parity ?? '', name);
    const folder = await temporaryFolder();
    const loaded = await loadPretrained(ALL_FAMILIES, original);
    await savePretrained(folder, loaded);
    disposeModule(loaded.model);
    const [before, after] = [
      await readWeights(await folderRepository(original)),
      await readWeights(await folderRepository(folder)),
    ];
    expect([...after.keys()].toSorted()).toEqual([...before.keys()].toSorted());
    for (const [tensor, { shape, data }] of before) expect(after.get(tensor)).toEqual({ dtype: 'F32', shape, data });
    const again = await loadPretrained(ALL_FAMILIES, folder);
    expect([again.config, again.task, again.generation]).toEqual([loaded.config, loaded.task, loaded.generation]);
    disposeModule(again.model);
  });
});
