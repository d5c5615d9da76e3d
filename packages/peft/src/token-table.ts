import { assert, Embedding, replaceModules, shapeOf, type Module } from '@cloze/core';

/** The table of tokens of a model. */
export interface TokenTable {
  readonly embedding: Embedding;
  /** V. */
  readonly numTokens: number;
  /** D. */
  readonly size: number;
  /** What the model multiplies all vectors by that it looks up, as some BARTs. Those of a prompt are meant as they are, as in Hugging Face PEFT. */
  readonly scale: number;
}

/** Where models of token ids hold their table. */
const PATH = /(^|\.)(tokenEmbedding|embeddings\.tokens)$/;

/** The table of tokens of a model; undefined where it reads something else. */
export function findTokenTable(model: Module): TokenTable | undefined {
  let embedding: Embedding | undefined;
  let scale = 1;
  replaceModules(model, (module, path) => {
    if (module instanceof Embedding && PATH.test(path)) embedding ??= module;
    if ('tokens' in module && 'scale' in module && typeof module.scale === 'number') ({ scale } = module);
    return module;
  });
  if (embedding === undefined) return undefined;
  const [numTokens, size] = shapeOf(embedding.weight, 2, 'Table of tokens');
  return { embedding, numTokens, size, scale };
}

/** The table of tokens of a model that has one. */
export function tokenTableOf(model: Module): TokenTable {
  const table = findTokenTable(model);
  assert(table !== undefined, 'A prompt needs a model with a table of tokens.');
  return table;
}
