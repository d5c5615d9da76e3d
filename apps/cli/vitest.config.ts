import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import config from '../../tooling/vitest-config/index.ts';

/** Each test starts the program and waits for it, and of all packages these tests come last: two at a time. */
const waiting: ViteUserConfig = mergeConfig<ViteUserConfig, ViteUserConfig>(config, { test: { maxWorkers: 2 } });

export default waiting;
