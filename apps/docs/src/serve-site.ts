import { join } from 'node:path';
import { preview } from 'vite';

/** The built site, served. */
export interface Site {
  /** With a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves what `vitepress build` made, with the headers that threads need. */
export async function serveSite(): Promise<Site> {
  const server = await preview({
    configFile: false,
    root: join(import.meta.dirname, '..'),
    build: { outDir: '.vitepress/dist' },
    preview: {
      port: 0,
      headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    },
    logLevel: 'silent',
  });
  return { url: server.resolvedUrls?.local[0] ?? '', close: () => server.close() };
}
