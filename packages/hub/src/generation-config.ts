import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '@cloze/core';
import { readSmallFile, type Repository } from './repository.ts';

const MAX_BYTES = 1_000_000;

/** What a model folder says about generating: the token ids that begin, end and pad a text. */
export interface GenerationSettings {
  readonly bosTokenId?: number;
  /** Any of them ends a text. */
  readonly eosTokenIds: readonly number[];
  readonly padTokenId?: number;
  /** What every target of an encoder-decoder begins with. */
  readonly decoderStartTokenId?: number;
  /** The first new token, whatever its score. */
  readonly forcedBosTokenId?: number;
  /** The last token of a text that reaches its greatest length. */
  readonly forcedEosTokenId?: number;
}

/** Our names and the published ones of the settings that are one token. */
const TOKEN_NAMES = [
  ['bosTokenId', 'bos_token_id'],
  ['padTokenId', 'pad_token_id'],
  ['decoderStartTokenId', 'decoder_start_token_id'],
  ['forcedBosTokenId', 'forced_bos_token_id'],
  ['forcedEosTokenId', 'forced_eos_token_id'],
] as const;

/** Reads `generation_config.json`, or the same fields of `config.json` where there is none. */
export async function readGenerationSettings(repository: Repository, config: JsonObject): Promise<GenerationSettings> {
  const found = await readSmallFile(repository, 'generation_config.json', MAX_BYTES);
  const json = found === undefined ? config : parseJson(found.bytes, { file: found.file });
  if (!isJsonObject(json)) return { eosTokenIds: [] };
  const eos = Array.isArray(json.eos_token_id) ? (json.eos_token_id as readonly JsonValue[]) : [json.eos_token_id];
  const tokens = TOKEN_NAMES.flatMap(([ours, published]) => {
    const id = tokenId(json[published]);
    return id === undefined ? [] : [[ours, id] as const];
  });
  return { ...Object.fromEntries(tokens), eosTokenIds: eos.map(tokenId).filter((id) => id !== undefined) };
}

/** The content of `generation_config.json`. */
export function toGenerationConfigJson(settings: GenerationSettings): Record<string, unknown> {
  const { eosTokenIds } = settings;
  const tokens = TOKEN_NAMES.flatMap(([ours, published]) => {
    const id = settings[ours];
    return id === undefined ? [] : [[published, id] as const];
  });
  return {
    _from_model_config: true,
    ...Object.fromEntries(tokens),
    ...(eosTokenIds.length === 0 ? {} : { eos_token_id: eosTokenIds.length === 1 ? eosTokenIds[0] : eosTokenIds }),
  };
}

function tokenId(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
