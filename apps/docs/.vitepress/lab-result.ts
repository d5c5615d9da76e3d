import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

const RESULTS = join(import.meta.dirname, '../lab/results');

/**
 * Puts the recorded result of an experiment where a page says `<LabResult name="..." />`: its table, its verdicts and its plots, without script. The plots
 * stand in the page itself, so that they have the colours of the theme. A page without result says so.
 *
 * @throws {Error} while building, when the recorded result is that of a quick run.
 */
export function labResult(markdown: MarkdownRenderer): void {
  // What looks like a component is a token of this kind, even where it is a block.
  const otherwise = markdown.renderer.rules.html_inline;
  markdown.renderer.rules.html_inline = (tokens, index, ...others) => {
    const name = /^<LabResult name="([^"]+)" \/>\s*$/.exec(tokens[index]?.content ?? '')?.[1];
    if (name !== undefined) return render(markdown, name);
    return otherwise?.(tokens, index, ...others) ?? tokens[index]?.content ?? '';
  };
}

function render(markdown: MarkdownRenderer, name: string): string {
  const folder = join(RESULTS, name);
  const file = join(folder, 'result.md');
  if (!existsSync(file)) {
    return markdown.render(`The result of full size is not recorded yet. This measures it: \`npx cloze lab ${name}\``);
  }
  const page = readFileSync(file, 'utf8');
  if (page.includes('A quick run')) {
    throw new Error(`${file} must hold a result of full size. Run: cloze lab ${name} --out apps/docs/lab/results`);
  }
  return page
    .split('\n\n')
    .slice(1)
    .map((part) => {
      const plot = /^!\[.*\]\((.*)\)$/.exec(part)?.[1];
      if (plot === undefined) return markdown.render(part.replaceAll(/^- (\w+):/gm, '- **$1**:'));
      return `<figure class="plot">${readFileSync(join(folder, plot), 'utf8').trim()}</figure>\n`;
    })
    .join('');
}
