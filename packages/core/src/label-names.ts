import { isJsonObject, type JsonObject } from './json.ts';

/** What a `config.json` says of the labels of a model, as Hugging Face transformers has it. */
export function labelNamesJson(labels: readonly string[]): JsonObject {
  return {
    id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
  };
}

/** The labels that a `config.json` names, in order; empty where it names none. */
export function labelNames({ id2label }: JsonObject): string[] {
  if (id2label === undefined || !isJsonObject(id2label)) return [];
  const entries = Object.entries(id2label).sort(([a], [b]) => Number(a) - Number(b));
  return entries.map(([id, label]) => (typeof label === 'string' ? label : `LABEL_${id}`));
}
