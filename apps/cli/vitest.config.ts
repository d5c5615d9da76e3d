import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import config from '../../tooling/vitest-config/index.ts';

/** Each test starts the program and waits for it, beside the browser that drives the site: two at a time, with patience. */
const waiting: ViteUserConfig = mergeConfig<ViteUserConfig, ViteUserConfig>(config, {
  test: { maxWorkers: 2, testTimeout: 300_000 },
});

export default waiting;
