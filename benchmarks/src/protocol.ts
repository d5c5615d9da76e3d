import { ClozeError, isJsonObject, parseJson, type JsonObject, type JsonValue } from '@cloze/core';
import type { TokenBatches } from './configurations.ts';
import type { EngineName } from './engines.ts';
import type { GenerationRequest } from './generation/protocol.ts';
import type { TokenizerRequest } from './tokenizers/protocol.ts';

/** How all engines update the weights, so that they do the same work and their losses can be compared. */
export const RECIPE = { learningRate: 1e-4, beta1: 0.9, beta2: 0.99, weightDecay: 0.1, clipNorm: 1 } as const;

/** The width and height of the matrices that make the roof, and the floating point operations of their product. */
export const MATRIX_SIZE = 1024;
export const MATRIX_PRODUCT_FLOPS: number = 2 * MATRIX_SIZE ** 3;

/** What a worker is asked for: one JSON object on one line of its standard input. It ends when its input ends. */
export type WorkerRequest =
  | {
      readonly request: 'open';
      readonly engine: EngineName;
      readonly configuration: string;
      readonly numThreads: number;
      /** What is trained: a method of `@cloze/peft`, or everything (`full`). */
      readonly method: string;
    }
  /** For a worker that knows nothing of the configurations: PyTorch's. */
  | (typeof RECIPE & {
      readonly request: 'open';
      readonly vocabSize: number;
      readonly maxPositions: number;
      readonly hiddenSize: number;
      readonly numLayers: number;
      readonly numHeads: number;
      readonly batches: TokenBatches;
      /** A safetensors file with the initial weights under the names of Hugging Face's GPT-2. */
      readonly weights: string;
      readonly numThreads: number;
    })
  | { readonly request: 'openMatrixProduct'; readonly numThreads: number }
  | { readonly request: 'writeWeights'; readonly configuration: string; readonly file: string }
  | { readonly request: 'run'; readonly count: number }
  | { readonly request: 'memory' }
  | TokenizerRequest
  | GenerationRequest;

/** What a run of several steps, or of several matrix products, returns. */
export interface RunReply {
  /** Of each step. */
  readonly milliseconds: readonly number[];
  /** Of each step, before its update, in nats per target. */
  readonly losses: readonly number[];
  /** Of each step, before clipping. */
  readonly gradientNorms: readonly number[];
  /** The processor time that the worker's process used for the run, all threads. */
  readonly cpuMilliseconds: number;
}

/** The number in a field. @throws {ClozeError} `JSON_TYPE`. */
export function numberOf(message: JsonObject, field: string): number {
  const value = message[field];
  if (typeof value !== 'number') throw malformed(field, 'a number', value);
  return value;
}

/** The text in a field. @throws {ClozeError} `JSON_TYPE`. */
export function textOf(message: JsonObject, field: string): string {
  const value = message[field];
  if (typeof value !== 'string') throw malformed(field, 'a text', value);
  return value;
}

/** A line of the conversation. @throws {ClozeError} `JSON_TYPE` when it is no object, and what the JSON reader throws. */
export function parseLine(line: string): JsonObject {
  const message = parseJson(line);
  if (!isJsonObject(message)) throw malformed('', 'an object', message);
  return message;
}

/** @throws {ClozeError} `JSON_TYPE` naming the field. */
export function parseRunReply(reply: JsonObject): RunReply {
  return {
    milliseconds: numbersOf(reply, 'milliseconds'),
    losses: numbersOf(reply, 'losses'),
    gradientNorms: numbersOf(reply, 'gradientNorms'),
    cpuMilliseconds: numberOf(reply, 'cpuMilliseconds'),
  };
}

function numbersOf(reply: JsonObject, field: string): readonly number[] {
  const value = reply[field];
  if (!Array.isArray(value)) throw malformed(field, 'a list of numbers', value);
  return value.map((element: JsonValue) => {
    if (typeof element !== 'number') throw malformed(field, 'a list of numbers', element);
    return element;
  });
}

function malformed(field: string, expected: string, got: JsonValue | undefined): ClozeError {
  return new ClozeError('JSON_TYPE', {
    message: `Benchmark worker: ${field === '' ? 'a message' : field} must be ${expected}, got ${JSON.stringify(got)}.`,
    hint: 'Build the benchmarks again, so that both sides are of one version.',
  });
}
