import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '@cloze/core';
import { readSmallFile, type Repository } from './repository.ts';

const MAX_BYTES = 1_000_000;

/** What a model folder says about generating: the token ids that begin, end and pad a text. */
export interface GenerationSettings {
  readonly bosTokenId?: number;
  /** Any of them ends a text. */
  readonly eosTokenIds: readonly number[];
  readonly padTokenId?: number;
}

/** Reads `generation_config.json`, or the same fields of `config.json` where there is none. */
export async function readGenerationSettings(repository: Repository, config: JsonObject): Promise<GenerationSettings> {
  const found = await readSmallFile(repository, 'generation_config.json', MAX_BYTES);
  const json = found === undefined ? config : parseJson(found.bytes, { file: found.file });
  if (!isJsonObject(json)) return { eosTokenIds: [] };
  const bos = tokenId(json.bos_token_id);
  const pad = tokenId(json.pad_token_id);
  const eos = Array.isArray(json.eos_token_id) ? (json.eos_token_id as readonly JsonValue[]) : [json.eos_token_id];
  return {
    eosTokenIds: eos.map(tokenId).filter((id) => id !== undefined),
    ...(bos === undefined ? {} : { bosTokenId: bos }),
    ...(pad === undefined ? {} : { padTokenId: pad }),
  };
}

/** The content of `generation_config.json`. */
export function toGenerationConfigJson({
  bosTokenId,
  eosTokenIds,
  padTokenId,
}: GenerationSettings): Record<string, unknown> {
  return {
    _from_model_config: true,
    ...(bosTokenId === undefined ? {} : { bos_token_id: bosTokenId }),
    ...(eosTokenIds.length === 0 ? {} : { eos_token_id: eosTokenIds.length === 1 ? eosTokenIds[0] : eosTokenIds }),
    ...(padTokenId === undefined ? {} : { pad_token_id: padTokenId }),
  };
}

function tokenId(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
