export { default } from '../../tooling/vitest-config/with-browser.ts';
