import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bartFamily } from '@cloze/bart';
import { disposeModule, randomParameters, RandomKey } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { anyFamily } from './auto.ts';
import { smallestConfig } from './fixtures/families.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { readGenerationSettings, toGenerationConfigJson, type GenerationSettings } from './generation-config.ts';
import { loadPretrained } from './load-pretrained.ts';
import { folderRepository } from './repository.ts';
import { savePretrained } from './save-pretrained.ts';

leaksNoTensors();

const ALL: GenerationSettings = {
  bosTokenId: 0,
  eosTokenIds: [2, 7],
  padTokenId: 1,
  decoderStartTokenId: 2,
  forcedBosTokenId: 0,
  forcedEosTokenId: 2,
};

describe('generation settings', () => {
  it.each([ALL, { eosTokenIds: [] }, { eosTokenIds: [3] }])(
    'are read back as they were written (%#)',
    async (settings) => {
      const folder = await temporaryFolder();
      const text = JSON.stringify(toGenerationConfigJson(settings));
      await writeFile(join(folder, 'generation_config.json'), text);
      expect(await readGenerationSettings(await folderRepository(folder), {})).toEqual(settings);
    },
  );

  it('stand in config.json where they have no file', async () => {
    const repository = await folderRepository(await temporaryFolder());
    const json = { eos_token_id: 2, decoder_start_token_id: 2, pad_token_id: null, forced_eos_token_id: 1.5 };
    expect(await readGenerationSettings(repository, json)).toEqual({ eosTokenIds: [2], decoderStartTokenId: 2 });
  });

  it('of an encoder-decoder say how a target begins', async () => {
    const family = anyFamily(bartFamily);
    const config = smallestConfig(family);
    const model = family.create(config, 'conditional-generation', randomParameters(RandomKey.fromSeed(1)));
    const folder = await temporaryFolder();
    await savePretrained(folder, { family, config, task: 'conditional-generation', model });
    const loaded = await loadPretrained([family], folder);
    expect(loaded.generation).toEqual({ eosTokenIds: [], decoderStartTokenId: 2, padTokenId: 1 });
    disposeModule(model);
    disposeModule(loaded.model);
  });
});
