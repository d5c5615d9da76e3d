import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['**/dist/', '**/coverage/', '**/reports/', '**/.turbo/', '**/.vitepress/{cache,dist}/', 'shared/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Counts and sizes belong into messages; everything else is still refused.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['@cloze/*/src/**', '@cloze/*/dist/**'], message: 'Import the package, not its files.' },
            {
              regex: '^\\.{1,2}/.*(?<!\\.(ts|json|vue|css|\\w+\\?(raw|url)))$',
              message: "Relative imports carry their extension: './x.ts'.",
            },
          ],
        },
      ],
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Exports have names.' }],
    },
  },
  {
    // Tool settings are default exports because the tools say so.
    files: ['**/*.config.ts', 'tooling/*/*.ts', '**/.vitepress/**/*.ts', '**/*.paths.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // TypeScript checks the scripts and finds undefined names itself.
    files: ['**/*.{js,mjs}'],
    rules: { 'no-undef': 'off' },
  },
);
