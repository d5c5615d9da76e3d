import { describe, expect, it } from 'vitest';
import { parseEngineName } from './engines.ts';
import { numberOf, parseLine, parseRunReply, textOf } from './protocol.ts';

describe('the lines between bench and its workers', () => {
  it('carry the figures of a run', () => {
    const reply = { milliseconds: [1, 2], losses: [3, 4], gradientNorms: [5, 6], cpuMilliseconds: 7 };
    expect(parseRunReply(parseLine(JSON.stringify(reply)))).toEqual(reply);
  });

  it('are refused where they are malformed', () => {
    expect(() => parseLine('[1]')).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: JSON_TYPE: Benchmark worker: a message must be an object, got [1]. Build the benchmarks again, so that both sides are of one version.]`,
    );
    expect(() => parseRunReply({ milliseconds: ['1'] })).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: JSON_TYPE: Benchmark worker: milliseconds must be a list of numbers, got "1". Build the benchmarks again, so that both sides are of one version.]`,
    );
    expect(() => numberOf({}, 'count')).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: JSON_TYPE: Benchmark worker: count must be a number, got undefined. Build the benchmarks again, so that both sides are of one version.]`,
    );
    expect(() => textOf({ request: 1 }, 'request')).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: JSON_TYPE: Benchmark worker: request must be a text, got 1. Build the benchmarks again, so that both sides are of one version.]`,
    );
    expect(() => parseEngineName('jax')).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: INTERNAL: Benchmark worker: an engine must be one of compiled, pytorch, tfjs-wasm, tfjs-cpu, got "jax". Build the benchmarks again, so that both sides are of one version.]`,
    );
  });
});
