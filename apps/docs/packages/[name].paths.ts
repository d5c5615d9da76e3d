import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packages = join(import.meta.dirname, '../../../packages');

/** A page per package that has something to say to users: its README. */
const paths: { readonly paths: () => { params: { name: string }; content: string }[] } = {
  paths: () =>
    readdirSync(packages)
      .filter((name) => existsSync(join(packages, name, 'README.md')))
      .map((name) => ({ params: { name }, content: forSite(readFileSync(join(packages, name, 'README.md'), 'utf8')) })),
};

/** Files of the repository are no pages: they are named, not linked. */
function forSite(readme: string): string {
  return readme.replaceAll(/\[([^\]]+)\]\(\.\.\/\.\.\/([^)]+)\)/g, '$1 (`$2`)');
}

export default paths;
