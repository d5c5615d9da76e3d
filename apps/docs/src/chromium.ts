import { existsSync } from 'node:fs';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A Chromium of this machine, or undefined and a line that says so. */
export function findChromium(): string | undefined {
  const found = process.env['CHROMIUM_PATH'] ?? PATHS.find((path) => existsSync(path));
  if (found === undefined) console.warn('No Chromium was found (CHROMIUM_PATH names one): the site is not driven.');
  return found;
}
