export { default } from './tooling/vitest-config/index.ts';
