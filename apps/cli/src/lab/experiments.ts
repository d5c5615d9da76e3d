import type { Experiment } from './experiment.ts';

/** All experiments by name, in the order of the chapters. Imported when they run: help needs none of it. */
export const EXPERIMENTS: Readonly<Record<string, () => Promise<Experiment>>> = {
  'word-senses': async () => (await import('./experiments/word-senses.ts')).wordSenses,
  masking: async () => (await import('./experiments/masking.ts')).masking,
  'next-sentence': async () => (await import('./experiments/next-sentence.ts')).nextSentence,
  embeddings: async () => (await import('./experiments/embeddings.ts')).embeddings,
  'warm-start': async () => (await import('./experiments/warm-start.ts')).warmStart,
  prompting: async () => (await import('./experiments/prompting.ts')).prompting,
  'chain-of-thought': async () => (await import('./experiments/chain-of-thought.ts')).chainOfThought,
  peft: async () => (await import('./experiments/peft.ts')).peft,
  'bart-noise': async () => (await import('./experiments/bart-noise.ts')).bartNoise,
  t5: async () => (await import('./experiments/t5.ts')).t5,
  't5-mixing': async () => (await import('./experiments/t5-mixing.ts')).t5Mixing,
  glm: async () => (await import('./experiments/glm.ts')).glm,
};
