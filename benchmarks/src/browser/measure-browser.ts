import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { ClozeError } from '@cloze/core';
import { chromium } from 'playwright';
import type { Configuration } from '../configurations.ts';
import { servePage } from './serve-page.ts';
import type { BrowserEngine, BrowserRace, PageFacts } from './worker.ts';

/** The engines in turns, in one page. */
export interface BrowserMeasurement {
  readonly configuration: string;
  readonly facts: PageFacts;
  readonly engines: readonly {
    readonly engine: BrowserEngine;
    /** Of each step, by round. */
    readonly milliseconds: readonly (readonly number[])[];
    /** Of each step, the untimed first one included, in nats per target. */
    readonly losses: readonly number[];
  }[];
}

/** What to measure. */
export interface MeasureBrowserOptions {
  readonly configurations: readonly Configuration[];
  readonly rounds: number;
  readonly onProgress: (message: string) => void;
}

/** Who trains, in the order of the report. */
const BROWSER_ENGINES = ['compiled', 'tfjs-wasm'] as const;

/** Of each engine and round: the losses of both are compared step by step, so neither makes more than the other. */
const STEPS_PER_ROUND = 3;

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Trains in a Chromium of this machine, compiled and eagerly, both on WebAssembly, asked for a thread for each processor.
 *
 * @throws {ClozeError} `USAGE` when no Chromium is found.
 */
export async function measureBrowser(
  options: MeasureBrowserOptions,
): Promise<{ readonly chromium: string; readonly browser: readonly BrowserMeasurement[] }> {
  options.onProgress('bundling the page');
  const page = await servePage();
  const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
  try {
    const measurements: BrowserMeasurement[] = [];
    for (const configuration of options.configurations.filter(({ isMeasuredEagerly }) => isMeasuredEagerly)) {
      const tab = await browser.newPage();
      const [worker] = await Promise.all([tab.waitForEvent('worker'), tab.goto(page.url)]);
      measurements.push(await raceIn(worker, configuration, options));
      await tab.close();
    }
    return { chromium: browser.version(), browser: measurements };
  } finally {
    await browser.close();
    await page.close();
  }
}

type PageWorker = ReturnType<Awaited<ReturnType<Awaited<ReturnType<typeof chromium.launch>>['newPage']>>['workers']>[0];

async function raceIn(
  worker: PageWorker,
  { name }: Configuration,
  { rounds, onProgress }: MeasureBrowserOptions,
): Promise<BrowserMeasurement> {
  const facts = await worker.evaluate(
    async ([configuration, numThreads]) => {
      // Its script may still be on the way.
      while (!('race' in globalThis)) await new Promise((resolve) => setTimeout(resolve, 10));
      return (globalThis as unknown as { race: BrowserRace }).race.open(configuration, numThreads);
    },
    [name, availableParallelism()] as const,
  );
  const run = async (engine: BrowserEngine, count: number) =>
    worker.evaluate(
      async ([engine, count]) => (globalThis as unknown as { race: BrowserRace }).race.run(engine, count),
      [engine, count] as const,
    );
  const engines = BROWSER_ENGINES.map((engine) => ({
    engine,
    milliseconds: [] as (readonly number[])[],
    losses: [] as number[],
  }));
  for (const { engine, losses } of engines) {
    onProgress(`${name}, first step: ${engine}`);
    losses.push(...(await run(engine, 1)).losses);
  }
  for (let round = 1; round <= rounds; round++) {
    for (const { engine, milliseconds, losses } of engines) {
      onProgress(`${name}, round ${round} of ${rounds}: ${engine}`);
      const figures = await run(engine, STEPS_PER_ROUND);
      milliseconds.push(figures.milliseconds);
      losses.push(...figures.losses);
    }
  }
  return { configuration: name, facts, engines };
}

function findChromium(): string {
  const path = process.env['CHROMIUM_PATH'] ?? PATHS.find((candidate) => existsSync(candidate));
  if (path !== undefined) return path;
  throw new ClozeError('USAGE', {
    message: 'A Chromium must be installed for this benchmark; none was found.',
    hint: 'Install one, or name it with CHROMIUM_PATH.',
  });
}
