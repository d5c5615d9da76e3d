import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_FLAGS, findChromium } from '../../../tooling/vitest-config/chromium.ts';
import { serveSite, type Site } from './serve-site.ts';

const executablePath = findChromium();
const TEXT = 'the quick brown fox jumps over the lazy dog and the lazy dog sleeps in the sun. '.repeat(30);

describe.runIf(executablePath !== undefined)('the playground in Chromium', () => {
  let site: Site;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    site = await serveSite();
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: CHROMIUM_FLAGS });
    page = await browser.newPage();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  it('has threads', async () => {
    await page.goto(`${site.url}playground`);
    expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
  });

  // A graphics card that the processor computes takes a second and more for a step: what a real one does in parallel, it does in turns.
  it.each(['wasm', 'webgpu'])(
    'trains on %s, pauses, packs the model, takes it back and writes',
    async (engine) => {
      const numSteps = 200;
      await page.goto(`${site.url}playground`);
      await page.locator('#train-text').fill(TEXT);
      await page.getByLabel('Steps').fill(String(numSteps));
      await page.getByLabel('Size').selectOption('tiny');
      await page
        .locator('section', { has: page.locator('#train-title') })
        .getByLabel('Engine')
        .selectOption(engine);
      await page.getByRole('button', { name: 'Train', exact: true }).click();
      const number = async (name: string): Promise<number> => Number(await page.getByTestId(name).textContent());
      await page.getByTestId('loss').waitFor({ timeout: 200_000 });
      const first = await number('loss');

      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('button', { name: 'Resume' }).waitFor({ timeout: 60_000 });
      const paused = await number('step');
      await page.waitForTimeout(1000);
      expect(await number('step')).toBe(paused);
      await page.getByRole('button', { name: 'Resume' }).click();

      await page.getByRole('button', { name: 'Download the model' }).waitFor({ timeout: 900_000 });
      expect(await number('step')).toBe(numSteps);
      expect(await number('loss')).toBeLessThan(first - 1);

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download the model' }).click(),
      ]);
      await page.reload();
      await page.getByLabel('Load a model').setInputFiles(await download.path());
      await page.getByTestId('written').waitFor();
      expect(await page.getByTestId('written').textContent()).toMatch(/^The .{50}/s);
    },
    1_200_000,
  );

  it.each(['wasm', 'webgpu'])(
    'fills a blank on %s and shows the attention of each head',
    async (engine) => {
      await page.goto(`${site.url}playground`);
      await page.getByLabel('Text with [MASK]').fill('Returns the [MASK] of elements in the array.');
      await page
        .locator('section', { has: page.locator('#fill-title') })
        .getByLabel('Engine')
        .selectOption(engine);
      await page.getByRole('button', { name: 'Fill', exact: true }).click();
      await page.getByTestId('fill-time').waitFor({ timeout: 200_000 });
      expect(await page.getByTestId('candidate').first().textContent()).toContain('number');

      const tokens = page.getByTestId('weight');
      const weights = async (): Promise<number[]> =>
        tokens.evaluateAll((elements) => elements.map((element) => Number(element.getAttribute('data-weight'))));
      const heads = await page.getByRole('group', { name: 'Layer and head' }).getByRole('button').all();
      expect(heads).toHaveLength(4);
      const seen: string[] = [];
      for (const head of heads) {
        await head.click();
        for (const token of [tokens.first(), tokens.last()]) {
          await token.focus();
          const row = await weights();
          expect(row.length).toBeGreaterThan(8);
          expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
          const widths = await tokens.locator('.bar').evaluateAll((bars) => bars.map((bar) => bar.style.width));
          expect(widths.reduce((sum, width) => sum + parseFloat(width), 0)).toBeCloseTo(100, 1);
          seen.push(row.join());
        }
      }
      expect(new Set(seen).size).toBe(8);
    },
    600_000,
  );

  it('trains on the first page, at a click', async () => {
    await page.goto(site.url);
    await page.getByRole('button', { name: 'Train a GPT in this page' }).click();
    await page.getByText('That is all it saw').waitFor({ timeout: 300_000 });
    expect(Number(await page.getByTestId('demo-step').textContent())).toBe(300);
    // Some 4.5 nats at first, when all characters are as likely.
    expect(Number(await page.getByTestId('demo-loss').textContent())).toBeLessThan(2.8);
  }, 400_000);
});
