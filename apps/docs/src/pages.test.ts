import { createRequire } from 'node:module';
import axe from 'axe-core';
import { chromium, type Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_FLAGS, findChromium } from '../../../tooling/vitest-config/chromium.ts';
import { serveSite, type Site } from './serve-site.ts';

const executablePath = findChromium();
const PAGES = ['', 'guide/getting-started', 'guide/adapters', 'packages/jit', 'api/gpt', 'lab/', 'playground'];
const MAX_SCRIPT_BYTES = 300_000;
const MAX_SHIFT = 0.1;

/** What the browser tells when something on the page moved: how much of it, and the elements. */
interface LayoutShiftEntry {
  readonly value: number;
  readonly sources: readonly { readonly node: Node | null }[];
}
/** The same, with what can be read of the elements. */
interface LayoutShift {
  readonly value: number;
  readonly moved: readonly string[];
}

describe.runIf(executablePath !== undefined)('the pages in Chromium', () => {
  let site: Site;
  let browser: Browser;

  beforeAll(async () => {
    site = await serveSite();
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: CHROMIUM_FLAGS });
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  it.each(PAGES.flatMap((path) => (['light', 'dark'] as const).map((colorScheme) => ({ path, colorScheme }))))(
    '/$path in $colorScheme can be read by everybody and stands still',
    async ({ path, colorScheme }) => {
      const page = await browser.newPage({ colorScheme, viewport: { width: 390, height: 844 } });
      await page.addInitScript(() => {
        const shifts: LayoutShift[] = [];
        Object.assign(globalThis, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            const { value, sources } = entry as unknown as LayoutShiftEntry;
            shifts.push({ value, moved: sources.map(({ node }) => node?.textContent?.slice(0, 40) ?? 'nothing') });
          }
        }).observe({ type: 'layout-shift', buffered: true });
      });
      const scripts: Promise<number>[] = [];
      page.on('response', (response) => {
        if (response.request().resourceType() === 'script') scripts.push(response.body().then(({ length }) => length));
      });
      await page.goto(`${site.url}${path}`, { waitUntil: 'networkidle' });
      await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core') });
      const violations = await page.evaluate(async () => {
        const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 100)).join(' | ')}`);
      });
      expect(violations).toEqual([]);
      const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: LayoutShift[] }).shifts);
      const shift = shifts.reduce((sum, { value }) => sum + value, 0);
      expect(shift, JSON.stringify(shifts)).toBeLessThan(MAX_SHIFT);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      if (path !== 'playground') {
        const bytes = (await Promise.all(scripts)).reduce((sum, length) => sum + length, 0);
        expect(bytes).toBeLessThan(MAX_SCRIPT_BYTES);
      }
      await page.close();
    },
    180_000,
  );
});
