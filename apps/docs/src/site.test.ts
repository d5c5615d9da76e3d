import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from './chromium.ts';

const executablePath = findChromium();
const FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-unsafe-swiftshader',
];
const TEXT = 'the quick brown fox jumps over the lazy dog and the lazy dog sleeps in the sun. '.repeat(30);

describe.runIf(executablePath !== undefined)('the playground in Chromium', () => {
  let server: PreviewServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await preview({
      configFile: false,
      root: join(import.meta.dirname, '..'),
      build: { outDir: '.vitepress/dist' },
      preview: {
        port: 0,
        headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
      },
    });
    browser = await chromium.launch({ ...(executablePath && { executablePath }), args: FLAGS });
    page = await browser.newPage();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it('has threads', async () => {
    await page.goto(`${server.resolvedUrls?.local[0] ?? ''}playground`);
    expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
  });

  it.each(['wasm', 'webgpu'])(
    'trains on %s, pauses, packs the model, takes it back and writes',
    async (engine) => {
      await page.goto(`${server.resolvedUrls?.local[0] ?? ''}playground`);
      await page.getByLabel('Text', { exact: true }).fill(TEXT);
      await page.getByLabel('Steps').fill(String(numSteps));
      await page.getByLabel('Size').selectOption('tiny');
      await page.getByLabel('Engine').selectOption(engine);
      await page.getByRole('button', { name: 'Train', exact: true }).click();
      const number = async (name: string): Promise<number> => Number(await page.getByTestId(name).textContent());
      await page.getByTestId('loss').waitFor({ timeout: 200_000 });
      const first = await number('loss');

      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('button', { name: 'Resume' }).waitFor();
      await page.waitForTimeout(2000);
      const paused = await number('step');
      await page.waitForTimeout(1000);
      expect(await number('step')).toBe(paused);
      await page.getByRole('button', { name: 'Resume' }).click();

      await page.getByRole('button', { name: 'Download the model' }).waitFor({ timeout: 200_000 });
      expect(await number('step')).toBe(numSteps);
      expect(await number('loss')).toBeLessThan(first - drop);

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download the model' }).click(),
      ]);
      await page.reload();
      await page.getByLabel('Load a model').setInputFiles(await download.path());
      await page.getByTestId('written').waitFor();
      expect(await page.getByTestId('written').textContent()).toMatch(/^The .{50}/s);
    },
    300_000,
  );
});
