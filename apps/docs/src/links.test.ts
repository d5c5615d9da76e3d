import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

const site = join(import.meta.dirname, '../.vitepress/dist');
const files = readdirSync(site, { recursive: true, encoding: 'utf8' });
const pages = files.filter((file) => file.endsWith('.html') && file !== '404.html');

const read = (page: string): string => readFileSync(join(site, page), 'utf8');
const allOf = (html: string, pattern: RegExp): string[] => [...html.matchAll(pattern)].map(([, value = '']) => value);

const idsByPage = new Map<string, ReadonlySet<string>>();

/** What an address can point to within a page. */
function idsOf(page: string): ReadonlySet<string> {
  const ids = idsByPage.get(page) ?? new Set(allOf(read(page), /\sid="([^"]+)"/g));
  idsByPage.set(page, ids);
  return ids;
}

/** The page that an address within the site means, as it stands in the folder; undefined for other files and sites. */
function pageOf(path: string): string | undefined {
  const name = path.replace(/^\//, '');
  return [name, `${name}.html`, posix.join(name, 'index.html')].find((candidate) => files.includes(candidate));
}

describe('the built site', () => {
  it('has pages', () => {
    expect(pages).toContain('guide/getting-started.html');
    expect(pages).toContain('packages/tokenizer.html');
    expect(pages).toContain('api/tokenizer.html');
  });

  it.each(pages)('%s leads nowhere that does not exist', (page) => {
    const broken = allOf(read(page), /<a [^>]*href="([^"]+)"/g).filter((href) => {
      if (/^(https?:|mailto:)/.test(href)) return false;
      const { pathname, hash } = new URL(href, `https://site/${page.replace(/(index)?\.html$/, '')}`);
      const target = pathname === '/' ? 'index.html' : pageOf(decodeURIComponent(pathname));
      if (target === undefined) return true;
      const id = decodeURIComponent(hash.slice(1));
      return id !== '' && target.endsWith('.html') && !idsOf(target).has(id);
    });
    expect(broken).toEqual([]);
  });
});
