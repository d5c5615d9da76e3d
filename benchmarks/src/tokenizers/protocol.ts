import type { JsonObject, JsonValue } from '@cloze/core';
import { ClozeError } from '@cloze/core';
import type { TokenizerBenchmark, TokenizerEngine } from './tokenizer-benchmarks.ts';

/** What the worker of tokenizers is asked for. */
export type TokenizerRequest =
  /** Writes the tokenizer that all engines encode with. */
  | {
      readonly request: 'writeTokenizer';
      readonly kind: TokenizerBenchmark['kind'];
      readonly megabytes: number;
      readonly file: string;
    }
  /** Writes the text that all engines train on. @returns its size. */
  | { readonly request: 'writeText'; readonly megabytes: number; readonly file: string }
  | {
      readonly request: 'openEncoder';
      readonly engine: TokenizerEngine;
      readonly tokenizer: string;
      readonly megabytes: number;
    }
  | { readonly request: 'encode'; readonly isCold: boolean; readonly hasLongLine: boolean }
  | { readonly request: 'digests'; readonly hasLongLine: boolean }
  | { readonly request: 'doubling' }
  | {
      readonly request: 'train';
      readonly engine: TokenizerEngine;
      readonly kind: TokenizerBenchmark['kind'];
      readonly text: string;
      /** Where the trained tokenizer goes. */
      readonly file: string;
    }
  /** Merges that two trained tokenizers begin with alike; the likelihood of a text under both. */
  | { readonly request: 'compare'; readonly ours: string; readonly theirs: string; readonly text: string };

/** How long something took. */
export interface TimedReply {
  readonly milliseconds: number;
  /** The processor time of the worker's process, all threads. */
  readonly cpuMilliseconds: number;
}

/** The whole numbers or measurements in a field. @throws {ClozeError} `JSON_TYPE`. */
export function numbersOf(message: JsonObject, field: string): number[] {
  const value = message[field];
  const isList = (candidate: JsonValue | undefined): candidate is JsonValue[] => Array.isArray(candidate);
  if (!isList(value)) throw malformed(field);
  return value.map((element) => {
    if (typeof element !== 'number') throw malformed(field);
    return element;
  });
}

function malformed(field: string): ClozeError {
  return new ClozeError('JSON_TYPE', {
    message: `Benchmark worker: ${field} must be a list of numbers.`,
    hint: 'Build the benchmarks again, so that both sides are of one version.',
  });
}
