import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defaultClientConditions, type UserConfig } from 'vite';
import { defineConfig, type DefaultTheme, type UserConfig as VitePressConfig } from 'vitepress';
import { labResult } from './lab-result.ts';

const root = join(import.meta.dirname, '../../..');

/** Threads in WebAssembly need shared memory, and that needs these; whoever hosts the site should send them, too. */
const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** A browser loads the parts of a package that only Node can run, and never calls them. */
const rollupOptions: NonNullable<UserConfig['build']>['rollupOptions'] = {
  onwarn: (warning, warn) => {
    if (!warning.message.includes('__vite-browser-external')) warn(warning);
  },
};

const packageNames = readdirSync(join(root, 'packages')).filter((name) => !['testing', 'conformance'].includes(name));

/** A page of each package, in a folder. */
const perPackage = (folder: string): DefaultTheme.SidebarItem[] =>
  packageNames.map((name) => ({ text: `@cloze/${name}`, link: `${folder}${name}` }));

const guides: DefaultTheme.SidebarItem[] = [
  { text: 'Getting started', link: '/guide/getting-started' },
  { text: 'Train a tokenizer', link: '/guide/tokenizers' },
  { text: 'Pre-train', link: '/guide/pre-training' },
  { text: 'Fine-tune', link: '/guide/fine-tuning' },
  { text: 'Adapt with LoRA', link: '/guide/adapters' },
  { text: 'Prompt', link: '/guide/prompting' },
  { text: 'To and from Python', link: '/guide/python' },
  { text: 'In the browser', link: '/guide/browser' },
];

/** In the order of the chapter. */
const lab: DefaultTheme.SidebarItem[] = [
  { text: 'About the lab', link: '/lab/' },
  { text: 'One word, several meanings', link: '/lab/word-senses' },
  { text: 'Masking', link: '/lab/masking' },
  { text: 'The next sentence', link: '/lab/next-sentence' },
  { text: 'Embeddings or the whole network', link: '/lab/embeddings' },
  { text: 'Warm start', link: '/lab/warm-start' },
  { text: 'Prompts', link: '/lab/prompting' },
  { text: 'Thinking in steps', link: '/lab/chain-of-thought' },
  { text: 'Which noise helps which task', link: '/lab/bart-noise' },
  { text: 'What to restore', link: '/lab/t5' },
  { text: 'Many tasks, one network', link: '/lab/t5-mixing' },
  { text: 'One model for all', link: '/lab/glm' },
  { text: 'How few parameters are enough', link: '/lab/peft' },
  { text: 'Few labels, many sentences', link: '/lab/sst2' },
];

/** What search finds. Of the API only headings: the names of what packages export. */
const search: DefaultTheme.LocalSearchOptions = {
  _render: (source, env, markdown) => {
    if (!env.relativePath.startsWith('api/')) return markdown.render(source, env);
    const html = markdown.render(source.replaceAll(/^```.*?^```/gms, ''), env);
    return (html.match(/<h[1-3] .*?<\/h[1-3]>/gs) ?? []).join('\n');
  },
};

const config: VitePressConfig<DefaultTheme.Config> = defineConfig({
  title: 'Cloze',
  description: 'Pre-trained language models in TypeScript: ELMo, BERT, GPT, BART, T5 and GLM, trained at native speed.',
  lang: 'en',
  cleanUrls: true,
  // What lies beside the pages is not one of them.
  srcExclude: ['README.md', 'src/**', 'lab/results/**'],
  // The usual themes are too pale to be read by everybody.
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: (markdown) => {
      // Braces in code are no expressions of Vue.
      markdown.renderer.rules.code_inline = (tokens, index) =>
        `<code v-pre>${markdown.utils.escapeHtml(tokens[index]?.content ?? '')}</code>`;
      labResult(markdown);
    },
  },
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/logo.svg' }]],
  themeConfig: {
    logo: '/logo.svg',
    search: { provider: 'local', options: search },
    outline: { level: [2, 3] },
    nav: [
      { text: 'Guide', link: '/guide/getting-started', activeMatch: '^/guide/' },
      { text: 'Lab', link: '/lab/', activeMatch: '^/lab/' },
      { text: 'Playground', link: '/playground' },
      { text: 'Packages', link: '/packages/core', activeMatch: '^/packages/' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
    ],
    sidebar: {
      '/guide/': [{ text: 'Guide', items: guides }],
      '/packages/': [{ text: 'Packages', items: perPackage('/packages/') }],
      '/api/': [{ text: 'API', link: '/api/', items: perPackage('/api/') }],
      '/lab/': [{ text: 'Pre-trained language models, run', items: lab }],
    },
  },
  vite: {
    // Sources, so that a change shows without a build.
    resolve: { conditions: ['@cloze/source', ...defaultClientConditions] },
    build: { target: 'es2022', rollupOptions },
    worker: { format: 'es', rollupOptions },
    // The machine code of the native engine stays behind lazy imports; a browser never loads it.
    optimizeDeps: { exclude: ['onnxruntime-web'] },
    server: { headers: ISOLATION },
    preview: { headers: ISOLATION },
  },
});

export default config;
