import { describe, expect, it } from 'vitest';
import { findPython } from './find-python.ts';
import { WorkerProcess } from './worker-process.ts';

/** A program for a child process that answers as `reply` says. */
const node = (program: string) => ({ title: 'child', command: process.execPath, args: ['-e', program] });

describe('WorkerProcess', () => {
  it('asks and is answered, line by line', async () => {
    const worker = new WorkerProcess(node('process.stdin.on("data", () => console.log(`{"peakBytes": 5}`))'));
    expect(await worker.peakMemory()).toBe(5);
    expect(await worker.peakMemory()).toBe(5);
    await worker.close();
    await worker.close();
  });

  it('overlooks empty lines', async () => {
    const worker = new WorkerProcess(node('process.stdin.on("data", () => console.log(`\\n\\n{"peakBytes": 6}`))'));
    expect(await worker.peakMemory()).toBe(6);
    await worker.close();
  });

  it('passes on why a worker failed', async () => {
    const worker = new WorkerProcess(
      node('process.stdin.on("data", () => console.log(`{"error": "no memory left"}`))'),
    );
    await expect(worker.run(1)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: INTERNAL: child: the worker must answer, but it failed: no memory left. Run it again with one configuration and look at the free memory.]`,
    );
    await worker.close();
  });

  it('says when a worker ended or never began', async () => {
    const ended = new WorkerProcess(node('console.error("out of luck"); process.exit(1)'));
    await expect(ended.run(1)).rejects.toThrow('child: the worker must answer, but it ended');
    const missing = new WorkerProcess({ title: 'child', command: './no-such-program', args: [] });
    await expect(missing.run(1)).rejects.toThrow('child: the worker must answer, but it ended');
  });
});

describe('findPython', () => {
  it('refuses a chosen program that has no PyTorch', async () => {
    await expect(findPython('./no-such-python')).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: USAGE: CLOZE_PYTHON must be a Python with PyTorch, but ./no-such-python could not import torch. Name another one, or unset CLOZE_PYTHON to measure without PyTorch.]`,
    );
  });
});
