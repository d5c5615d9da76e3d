import { describe, expect, it } from 'vitest';
import { Trainer, type StepReport } from './trainer.ts';
import * as tf from '@tensorflow/tfjs';

const TEXT = 'the quick brown fox jumps over the lazy dog and the dog sleeps. '.repeat(40);

// WebGPU is tried with the whole page.
describe('Trainer', () => {
  it('trains, writes, packs its model and takes it back', async () => {
    await tf.setBackend('cpu');
    const trainer = new Trainer();
    const reports: StepReport[] = [];
    const samples: string[] = [];
    const numSteps = 60;
    await trainer.train(
      { text: TEXT, numSteps, size: 'tiny', seed: 1, engine: 'wasm', sampleEvery: numSteps },
      { step: (report) => void reports.push(report), sample: (text) => void samples.push(text) },
    );
    expect(reports).toHaveLength(numSteps);
    expect(reports.at(-1)?.loss).toBeLessThan((reports[0]?.loss ?? 0) - 0.1);
    expect(samples).toHaveLength(1);
    const archive = await trainer.download();
    const written = await trainer.write('the', 1);
    const other = new Trainer();
    expect(await other.load(archive)).toEqual({ numCharacters: new Set(TEXT).size + 1 });
    expect(await other.write('the', 1)).toBe(written);
    trainer.dispose();
    other.dispose();
  }, 120_000);
});
