import { Converter, TypeScript as ts } from 'typedoc';

const BEFORE_COMMENTS_ARE_READ = 1000;

/**
 * A page per package, from the comments in its sources. All packages are one program, which reads each file once.
 *
 * @type {Partial<import('typedoc').TypeDocOptions & import('typedoc-plugin-markdown').PluginOptions>}
 */
const config = {
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme', nameModules, nameParameters, nameErrors],
  entryPoints: ['../../packages/*/src/index.ts'],
  exclude: ['../../packages/{testing,conformance}/**'],
  tsconfig: 'tsconfig.api.json',
  out: 'api',
  docsRoot: '.',
  sidebar: { autoConfiguration: false },
  name: 'API',
  readme: 'none',
  excludeExternals: true,
  disableSources: true,
  // `typecheck` has looked for them.
  skipErrorChecking: true,
  // A link that leads nowhere ends the build.
  treatWarningsAsErrors: true,
  outputFileStrategy: 'modules',
  excludeScopesInPaths: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  expandObjects: true,
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  propertyMembersFormat: 'table',
  typeDeclarationFormat: 'table',
  parametersFormat: 'table',
  tableColumnSettings: { hideModifiers: true, hideInherited: true, hideOverrides: true, hideSources: true },
  groupOrder: ['Functions', 'Classes', 'Variables', 'Type Aliases', 'Interfaces'],
};

export default config;

/** Modules are called as they are imported, not by their path. @param {import('typedoc').Application} app */
function nameModules({ converter }) {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) module.name = `@cloze/${module.name.replace(/\/src$/, '')}`;
  });
}

/**
 * A parameter that is taken apart at once has no name in the source: it is called by the last word of its type, or by all of them if its comment does so.
 * Comments on its parts are put to them.
 *
 * @param {import('typedoc').Application} app
 */
function nameParameters({ converter }) {
  converter.on(
    Converter.EVENT_CREATE_SIGNATURE,
    (_, /** @type {import('typedoc').SignatureReflection} */ { parameters = [], comment }) => {
      const tags = comment?.getTags('@param') ?? [];
      const hasOptions = parameters.some(({ name }) => name === 'options');
      const unnamed = parameters.filter(({ name }) => name === '__namedParameters');
      for (const parameter of unnamed) {
        const type = parameter.type?.type === 'reference' ? parameter.type.name : hasOptions ? 'Inputs' : 'Options';
        const name = type.charAt(0).toLowerCase() + type.slice(1);
        const isSaid = tags.some((tag) => tag.name === name);
        parameter.name = isSaid ? name : (/[A-Z][a-z0-9]*$/.exec(type)?.[0].toLowerCase() ?? name);
      }
      const [first] = unnamed;
      if (first === undefined) return;
      for (const tag of tags) {
        if (!parameters.some(({ name }) => name === tag.name)) tag.name = `${first.name}.${tag.name ?? ''}`;
      }
    },
    BEFORE_COMMENTS_ARE_READ,
  );
}

/** What stands in braces after `@throws` is the class of the error; typedoc takes it for a type, and types for known. @param {import('typedoc').Application} app */
function nameErrors({ converter }) {
  converter.on(
    Converter.EVENT_CREATE_SIGNATURE,
    (
      /** @type {import('typedoc').Context} */ context,
      /** @type {import('typedoc').SignatureReflection} */ { parent, comment },
    ) => {
      const [declaration] = context.getSymbolFromReflection(parent)?.getDeclarations() ?? [];
      const written = declaration === undefined ? [] : ts.getAllJSDocTags(declaration, ts.isJSDocThrowsTag);
      for (const [index, { content }] of (comment?.getTags('@throws') ?? []).entries()) {
        const name = written[index]?.typeExpression?.type.getText();
        if (name !== undefined) content.unshift({ kind: 'code', text: `\`${name}\`` }, { kind: 'text', text: ' ' });
      }
    },
  );
}
