import { existsSync } from 'node:fs';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A Chromium of this machine, or undefined and a line that says so; none is downloaded. */
export function findChromium(): string | undefined {
  const found = process.env.CHROMIUM_PATH ?? PATHS.find((path) => existsSync(path));
  if (found === undefined) {
    console.warn('No Chromium was found (CHROMIUM_PATH names one): the tests that need a browser do not run.');
  }
  return found;
}

/** What makes a browser of a machine without screen, graphics card and network start. WebGPU runs in software there: slow, but right. */
export const CHROMIUM_FLAGS: string[] = [
  '--no-sandbox',
  '--disable-background-networking',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-unsafe-swiftshader',
];
