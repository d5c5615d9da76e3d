import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packages = join(import.meta.dirname, '../../../packages');

/** A page per package that has something to say to users: its README. */
const paths: { readonly paths: () => { params: { name: string }; content: string }[] } = {
  paths: () =>
    readdirSync(packages)
      .filter((name) => existsSync(join(packages, name, 'README.md')))
      .map((name) => ({ params: { name }, content: pageOf(name) })),
};

/** What the package says of itself, and where its exports stand. Packages that are not published have no page of the API. */
function pageOf(name: string): string {
  const readme = forSite(readFileSync(join(packages, name, 'README.md'), 'utf8'));
  return ['testing', 'conformance'].includes(name)
    ? readme
    : `${readme}\n## API\n\n[All exports](../api/${name}), with their types.\n`;
}

/** Files of the repository are no pages: they are named, not linked. */
function forSite(readme: string): string {
  return readme.replaceAll(/\[([^\]]+)\]\(\.\.\/\.\.\/([^)]+)\)/g, '$1 (`$2`)');
}

export default paths;
