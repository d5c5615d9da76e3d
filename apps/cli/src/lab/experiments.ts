import type { Experiment } from './experiment.ts';

/** All experiments by name, in the order of the chapters. Imported when they run: help needs none of it. */
export const EXPERIMENTS: Readonly<Record<string, () => Promise<Experiment>>> = {
  'word-senses': async () => (await import('./experiments/word-senses.ts')).wordSenses,
  embeddings: async () => (await import('./experiments/embeddings.ts')).embeddings,
  'warm-start': async () => (await import('./experiments/warm-start.ts')).warmStart,
  peft: async () => (await import('./experiments/peft.ts')).peft,
  'bart-noise': async () => (await import('./experiments/bart-noise.ts')).bartNoise,
  glm: async () => (await import('./experiments/glm.ts')).glm,
};
