import { ClozeError, type JsonObject, type JsonValue } from '@cloze/core';
import { numberOf } from '../protocol.ts';

/** Who generates. */
export const GENERATION_LIBRARIES = ['cloze', 'transformers.js'] as const;

/** One of them. */
export type GenerationLibrary = (typeof GENERATION_LIBRARIES)[number];

/** What the worker of generation is asked for. */
export type GenerationRequest =
  /** Writes the model that transformers.js loads. */
  | { readonly request: 'writeModel'; readonly folder: string }
  | {
      readonly request: 'openGeneration';
      readonly library: GenerationLibrary;
      /** With the model. */
      readonly folder: string;
      /** Where transformers.js is installed. */
      readonly installation: string;
      readonly numThreads: number;
    }
  /** Greedily. */
  | { readonly request: 'generate'; readonly numTokens: number }
  /** Compiles what `generate` needs. */
  | { readonly request: 'warmUp'; readonly numTokens: number };

/** What generating returns. */
export interface GenerationReply {
  /** For all tokens, the prompt included. */
  readonly milliseconds: number;
  /** The processor time of the worker's process, all threads. */
  readonly cpuMilliseconds: number;
  readonly ids: readonly number[];
}

/** @throws {ClozeError} `JSON_TYPE` naming the field. */
export function parseGenerationReply(reply: JsonObject): GenerationReply {
  const ids = reply['ids'];
  const isList = (value: JsonValue | undefined): value is JsonValue[] => Array.isArray(value);
  if (!isList(ids) || !ids.every((id) => typeof id === 'number')) {
    throw new ClozeError('JSON_TYPE', {
      message: 'Benchmark worker: ids must be a list of numbers.',
      hint: 'Build the benchmarks again, so that both sides are of one version.',
    });
  }
  return {
    milliseconds: numberOf(reply, 'milliseconds'),
    cpuMilliseconds: numberOf(reply, 'cpuMilliseconds'),
    ids,
  };
}
