import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defaultClientConditions, preview } from 'vite';

/** A page, served. */
export interface ServedPage {
  readonly url: string;
  close(): Promise<void>;
}

/** Shared memory, and so threads in WebAssembly, only with these. */
const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

const PAGE = `<!doctype html><meta charset="utf-8"><title>Benchmark</title>
<script>new Worker('/worker.js', { type: 'module' })</script>
`;

/** Bundles the worker as a site would, and serves a page that starts it. */
export async function servePage(): Promise<ServedPage> {
  const outDir = await mkdtemp(join(tmpdir(), 'cloze-bench-'));
  const worker = fileURLToPath(new URL('worker.js', import.meta.url));
  await build({
    configFile: false,
    root: dirname(worker),
    // The WebAssembly of tfjs.
    publicDir:
      dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')) + '/wasm-out',
    resolve: { conditions: [...defaultClientConditions] },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      // Its helper needs a document, which a worker has not.
      modulePreload: false,
      rollupOptions: { input: worker, output: { entryFileNames: 'worker.js' } },
    },
    worker: { format: 'es' },
    logLevel: 'error',
  });
  await writeFile(join(outDir, 'index.html'), PAGE);
  const server = await preview({
    configFile: false,
    root: outDir,
    build: { outDir: '.' },
    preview: { port: 0, headers: ISOLATION },
    logLevel: 'silent',
  });
  return {
    url: server.resolvedUrls?.local[0] ?? '',
    close: async () => {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
