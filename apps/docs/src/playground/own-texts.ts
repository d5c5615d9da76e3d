const files = import.meta.glob<string>(
  ['../../../../docs/*.md', '../../../../packages/*/README.md', '../../guide/*.md'],
  { query: '?raw', import: 'default', eager: true },
);

/** What models and tokenizers learn from until somebody pastes something better: what this project says of itself. */
export const ownTexts: readonly string[] = Object.values(files);
