import { describe, expect, it } from 'vitest';
import { Beams, type BeamSettings } from './beams.ts';

const SETTINGS: BeamSettings = { numBeams: 2, maxTokens: 9, stopTokens: [0], lengthPenalty: 1, earlyStopping: false };

/** Log probabilities of tokens 0 (stop), 1 and 2. */
function row(...probabilities: readonly number[]): Float32Array {
  return Float32Array.from(probabilities, Math.log);
}

describe('Beams', () => {
  it('begins with different tokens and follows the best', () => {
    const beams = new Beams(SETTINGS);
    expect(beams.advance([row(0.1, 0.5, 0.4), row(0.1, 0.5, 0.4)])).toEqual([
      { origin: 0, id: 1 },
      { origin: 0, id: 2 },
    ]);
    // 0.4 * 0.9 beats 0.5 * 0.6, which beats 0.5 * 0.3.
    expect(beams.advance([row(0.1, 0.6, 0.3), row(0.05, 0.05, 0.9)])).toEqual([
      { origin: 1, id: 2 },
      { origin: 0, id: 1 },
    ]);
  });

  it('keeps texts that end among the best, and goes on with as many beams', () => {
    const beams = new Beams(SETTINGS);
    expect(beams.advance([row(0.6, 0.3, 0.1), row(0.6, 0.3, 0.1)])).toEqual([
      { origin: 0, id: 1 },
      { origin: 0, id: 2 },
    ]);
    expect(beams.finished).toMatchObject([{ ids: [0] }]);
    expect(beams.finished[0]?.score).toBeCloseTo(Math.log(0.6), 6);
    expect(beams.isDone).toBe(false);
  });

  it('stops when the best beam, at its length, is worse than what is finished', () => {
    const finishedTwo = (settings: Partial<BeamSettings>): Beams => {
      const beams = new Beams({ ...SETTINGS, ...settings });
      const both = (next: Float32Array): unknown => beams.advance([next, next]);
      both(row(0.6, 0.3, 0.1));
      both(row(0.9, 0.05, 0.05));
      return beams;
    };
    expect(finishedTwo({}).isDone).toBe(true);
    // A long text could still become better.
    expect(finishedTwo({ earlyStopping: 'never' }).isDone).toBe(false);
    expect(finishedTwo({ earlyStopping: true }).isDone).toBe(true);
    expect(finishedTwo({}).finished.map(({ ids }) => ids)).toEqual([[0], [1, 0]]);
  });

  it('ends everything at the last token, and counts no text that nobody wanted', () => {
    const beams = new Beams({ ...SETTINGS, maxTokens: 1 });
    const only = row(0, 1, 0);
    beams.advance([only, only]);
    expect(beams.finished.map(({ ids }) => ids)).toEqual([[1]]);
  });
});
