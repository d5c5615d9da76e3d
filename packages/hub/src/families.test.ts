import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { disposeModule, parametersOf, randomParameters, RandomKey } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { checkPretrained } from './check-pretrained.ts';
import { ALL_FAMILIES, smallestConfig } from './fixtures/families.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { loadPretrained } from './load-pretrained.ts';
import { savePretrained } from './save-pretrained.ts';

const OPTIONS = { maxShardBytes: 100_000 };

async function bytesOf(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of await readdir(folder)) files.set(name, await readFile(join(folder, name), 'latin1'));
  return files;
}

describe.each(ALL_FAMILIES)('$name', (family) => {
  leaksNoTensors();

  it.each(Object.keys(family.architectures))(
    'is saved and loaded for %s, family and task found by themselves',
    async (task) => {
      const [first, second] = [await temporaryFolder(), await temporaryFolder()];
      const config = smallestConfig(family);
      const model = family.create(config, task, randomParameters(RandomKey.fromSeed(1)));
      await savePretrained(first, { family, config, task, model }, OPTIONS);
      const loaded = await loadPretrained(ALL_FAMILIES, first);
      await savePretrained(second, loaded, OPTIONS);
      const numParameters = Object.values(parametersOf(model)).reduce((sum, { size }) => sum + size, 0);
      disposeModule(model);
      disposeModule(loaded.model);

      expect([loaded.family.name, loaded.task, loaded.config]).toEqual([family.name, task, config]);
      const [written, again] = [await bytesOf(first), await bytesOf(second)];
      expect([...again.keys()]).toEqual([...written.keys()]);
      for (const [name, content] of written) expect(again.get(name) === content, name).toBe(true);
      const summary = await checkPretrained(ALL_FAMILIES, first);
      expect(summary.numParameters).toBe(numParameters);
      expect(summary.weights.files.length).toBeGreaterThan(1);
    },
  );
});
