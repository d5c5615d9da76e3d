import type { CheckpointNames } from '@cloze/core';
import type { AdaptedModel } from '@cloze/peft';

/**
 * What Hugging Face PEFT calls the parameters of an adapter while it trains: the names in its files with that of the adapter, `default`, in them.
 *
 * Where a network computed the virtual tokens, files hold what it computed, which has no other name: `prompt_embeddings`.
 */
export function namesInMemory({ names, config }: AdaptedModel): CheckpointNames {
  const entries = Object.entries(names.entries).map(([path, entry]) => [
    path,
    { ...entry, name: inMemory(entry.name, config) },
  ]);
  return { ...names, entries: Object.fromEntries(entries) as CheckpointNames['entries'] };
}

function inMemory(name: string, { method, modulesToSave, json }: AdaptedModel['config']): string {
  if (name === 'prompt_embeddings') {
    const isComputed = method === 'p-tuning' || json['prefix_projection'] === true;
    return isComputed ? name : 'prompt_encoder.default.embedding.weight';
  }
  const [whole = '', adapted, end = ''] = /\.(lora_\w+|ia3_l)(\.weight)?$/.exec(name) ?? [];
  if (adapted !== undefined) {
    const rest = name.slice(0, -whole.length);
    return `${rest}.${adapted}.default${adapted === 'lora_magnitude_vector' ? '.weight' : end}`;
  }
  const saved = modulesToSave.find((module) => name.includes(`.${module}.`));
  return saved === undefined ? name : name.replace(`.${saved}.`, `.${saved}.modules_to_save.default.`);
}
