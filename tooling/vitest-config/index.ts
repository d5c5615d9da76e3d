import { defaultClientConditions, defaultServerConditions } from 'vite';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Found by `vitest run` in every package, because vitest looks for its settings upwards. */
const config: ViteUserConfig = defineConfig({
  // Tests run on sources. Node reads the first list, a browser the second; a given list replaces the defaults.
  ssr: { resolve: { conditions: ['@cloze/source', ...defaultServerConditions] } },
  resolve: { conditions: ['@cloze/source', ...defaultClientConditions] },
  test: {
    // What needs more than Node and the registry, or minutes, runs only when it is asked for: `CLOZE_PYTHON=python npx vitest run with-transformers`.
    include: ['src/**/*.test.ts', '*.test.mjs', ...(process.env.CLOZE_PYTHON === undefined ? [] : ['src/**/*.e2e.ts'])],
    // In a run of all packages, scripts/test.mjs adds up what these files say.
    reporters:
      process.env.TURBO_HASH === undefined ? ['default'] : ['default', ['json', { outputFile: 'reports/vitest.json' }]],
    // turbo runs packages beside each other; a pool in each would only fight for the same cores.
    maxWorkers: 1,
    // To import tfjs takes longer than most files of tests; the files of a package share it. One that sets another backend sets `cpu` again, and none resets modules.
    isolate: false,
    testTimeout: 30_000,
    restoreMocks: true,
    // tfjs advertises its native backend once per test file.
    onConsoleLog: (log) => !log.includes('looks like you are running TensorFlow.js in Node.js'),
  },
});

export default config;
