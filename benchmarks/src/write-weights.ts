import { open } from 'node:fs/promises';
import { parametersOf, safetensorsChunks, type HostTensor } from '@cloze/core';
import { gptCheckpointNames } from '@cloze/gpt';
import type { Configuration } from './configurations.ts';
import { createModel } from './training-steps.ts';

/** Writes the initial weights as a safetensors file under the names of Hugging Face's GPT-2, for an engine outside of this process. */
export async function writeWeights(configuration: Configuration, file: string): Promise<void> {
  const { entries } = gptCheckpointNames(configuration.model, 'causal-language-modeling');
  const tensors = new Map<string, HostTensor>();
  for (const [path, tensor] of Object.entries(parametersOf(createModel(configuration)))) {
    const data = Float32Array.from(await tensor.data());
    tensors.set(entries[path]?.name ?? path, { dtype: 'F32', shape: [...tensor.shape], data });
  }
  const handle = await open(file, 'w');
  try {
    for (const chunk of safetensorsChunks(tensors)) await handle.writeFile(chunk);
  } finally {
    await handle.close();
  }
}
