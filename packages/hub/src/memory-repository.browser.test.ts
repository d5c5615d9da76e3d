import { disposeModule, parametersOf } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { FAMILIES, tinyGpt } from './fixtures/tiny-gpt.ts';
import { loadPretrained } from './load-pretrained.ts';
import { memoryRepository } from './memory-repository.ts';
import { pretrainedFiles } from './save-pretrained.ts';

/** The files of a model folder, as they are written into an archive. */
async function savedFiles(): Promise<Map<string, Uint8Array>> {
  const files = await pretrainedFiles(tinyGpt());
  return new Map(files.map(({ name, chunks }) => [name, Uint8Array.from([...chunks].flatMap((chunk) => [...chunk]))]));
}

describe('a model folder in a browser', () => {
  it('is saved and loaded again, weights and all', async () => {
    const { model } = await loadPretrained(FAMILIES, memoryRepository(await savedFiles()));
    const [saved, loaded] = [parametersOf(tinyGpt().model), parametersOf(model)];
    expect(Object.keys(loaded)).toEqual(Object.keys(saved));
    for (const [path, tensor] of Object.entries(saved))
      expect(loaded[path]?.dataSync(), path).toEqual(tensor.dataSync());
    disposeModule(model);
  });

  it('is refused when a byte of the weights is another one', async () => {
    const files = await savedFiles();
    const weights = files.get('model.safetensors') ?? new Uint8Array();
    weights[weights.length - 3] = (weights.at(-3) ?? 0) ^ 1;
    await expect(loadPretrained(FAMILIES, memoryRepository(files))).rejects.toThrow(
      'The weights must have the sha256 that was saved with them; they do not.',
    );
  });
});
