import { playwright } from '@vitest/browser-playwright';
import type { UserWorkspaceConfig, ViteUserConfig } from 'vitest/config';
import { CHROMIUM_FLAGS, findChromium } from './chromium.ts';
import config from './index.ts';

const chromium = findChromium();

/** Shared memory, and so threads in WebAssembly, only with these. */
const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** The settings of one environment. Spread, not merged: lists are to be replaced. */
function project(settings: UserWorkspaceConfig): UserWorkspaceConfig {
  return { ...config, ...settings, test: { ...config.test, ...settings.test } };
}

const inNode = project({ test: { name: 'node', exclude: ['**/node_modules/**', '**/*.browser.test.ts'] } });

const inBrowser = (executablePath: string): UserWorkspaceConfig =>
  project({
    server: { headers: ISOLATION },
    // Discovery would follow lazy imports into what only Node has.
    optimizeDeps: { noDiscovery: true, include: ['@tensorflow/tfjs'] },
    test: {
      name: 'browser',
      include: ['src/**/*.browser.test.ts'],
      // A page keeps the settings with which onnxruntime-web was first used.
      isolate: true,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { executablePath, args: CHROMIUM_FLAGS } }),
        instances: [{ browser: 'chromium' }],
      },
    },
  });

/** For packages with tests that run in a browser, `*.browser.test.ts`, beside those in Node. */
const withBrowser: ViteUserConfig = {
  ...config,
  test: { ...config.test, projects: [inNode, ...(chromium === undefined ? [] : [inBrowser(chromium)])] },
};

export default withBrowser;
