import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ProgressLine } from './progress-line.ts';

function setUp({ isTTY, columns = 80 }: { isTTY: boolean; columns?: number }) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns });
  const clock = { seconds: 100 };
  const line = new ProgressLine({ stream, totalSteps: 2000, plainInterval: 5, now: () => clock.seconds });
  const update = (step: number, seconds: number, validationLoss?: number): void => {
    clock.seconds = 100 + seconds;
    line.update({ step, loss: 4.17 - step / 1000, validationLoss, tokensPerSecond: 24_000 });
  };
  const written = (): string => {
    const chunk: unknown = stream.read();
    return chunk instanceof Buffer ? chunk.toString() : '';
  };
  return { line, update, written };
}

/** What ends a line that is redrawn, and colours: the escape character cannot stand in a literal pattern. */
const ESCAPE = '\u001b';
const REDRAW = `\r${ESCAPE}[2K`;

describe('ProgressLine', () => {
  it('writes a plain line every few seconds where there is no terminal', () => {
    const { line, update, written } = setUp({ isTTY: false });
    update(1, 0.1);
    update(100, 5);
    update(110, 5.5);
    update(200, 10, 2.5);
    line.finish();
    expect(written()).toBe(
      'step 100/2,000, loss 4.070, 24,000 tokens/s, 1 min 35 s left\n' +
        'step 200/2,000, loss 3.970, validation 2.500, 24,000 tokens/s, 1 min 30 s left\n',
    );
  });

  it('ends with the last step, once', () => {
    const { line, update, written } = setUp({ isTTY: false });
    update(1999, 60);
    update(2000, 60.1);
    line.finish();
    line.finish();
    expect(written().split('\n')[1]).toBe('step 2,000/2,000, loss 2.170, 24,000 tokens/s');
  });

  it('redraws one line on a terminal, within its width', () => {
    for (const columns of [40, 60, 80, 120, 200]) {
      const { line, update, written } = setUp({ isTTY: true, columns });
      update(500, 5, 2.1);
      update(1000, 10, 2.1);
      line.finish();
      const lines = written()
        .replaceAll(new RegExp(`${ESCAPE}\\[\\d*m`, 'g'), '')
        .split(REDRAW);
      expect(lines).toHaveLength(2);
      for (const text of lines) expect(text.trimEnd().length).toBeLessThan(columns);
      expect(lines[1]).toContain('step 1,000/2,000');
    }
  });

  it('keeps notes above the line', () => {
    const { line, update, written } = setUp({ isTTY: true });
    update(500, 5);
    line.note('saved');
    const lines = written().split(REDRAW);
    expect(lines[0]).toContain('step 500');
    expect(lines[1]).toMatch(/^saved\n.*step 500/su);
  });
});
