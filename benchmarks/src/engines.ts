import { ClozeError } from '@cloze/core';

/** What trains, and what reports call it. */
export const ENGINE_TITLES = {
  compiled: 'compiled',
  pytorch: 'PyTorch',
  'tfjs-wasm': 'tfjs wasm',
  'tfjs-cpu': 'tfjs cpu',
} as const;

/** The compiled engine, PyTorch, or eager tfjs on one of its backends. */
export type EngineName = keyof typeof ENGINE_TITLES;

/** @throws {ClozeError} `INTERNAL` when it is none. */
export function parseEngineName(name: string): EngineName {
  if (isEngineName(name)) return name;
  throw new ClozeError('INTERNAL', {
    message: `Benchmark worker: an engine must be one of ${Object.keys(ENGINE_TITLES).join(', ')}, got "${name}".`,
    hint: 'Build the benchmarks again, so that both sides are of one version.',
  });
}

function isEngineName(name: string): name is EngineName {
  return Object.hasOwn(ENGINE_TITLES, name);
}
