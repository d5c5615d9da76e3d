/** @typedef {import('./workspace.mjs').Manifest} Manifest */

/**
 * The layers, from the ground up, and what each may depend on. Packages of one layer never depend on each other. A package that stands nowhere
 * is a family, so that a new family needs no line here.
 *
 * @type {Record<string, { packages: string[], mayUse: string[] }>}
 */
const LAYERS = {
  ground: { packages: ['core', 'tokenizer'], mayUse: [] },
  capability: { packages: ['objectives', 'peft', 'datasets', 'jit'], mayUse: ['ground'] },
  family: { packages: [], mayUse: ['ground'] },
  tool: {
    packages: ['hub', 'training', 'generation', 'prompting', 'evaluation', 'server', 'mpi'],
    mayUse: ['ground', 'capability'],
  },
  app: { packages: ['cloze', 'docs'], mayUse: ['ground', 'capability', 'family', 'tool'] },
  development: { packages: ['testing', 'conformance'], mayUse: ['ground', 'capability'] },
};

/**
 * Edges that the table forbids and that exist nevertheless. One that nobody needs any more is an error, too.
 *
 * @type {{ from: string, to: string, reason: string }[]}
 */
const EXCEPTIONS = [{ from: 'conformance', to: 'testing', reason: 'its suites compare tensors with the matchers' }];

/**
 * What breaks the architecture, one sentence each; empty where all is well.
 *
 * @param {readonly Manifest[]} manifests All packages and apps.
 */
export function violations(manifests, exceptions = EXCEPTIONS) {
  const edges = manifests.flatMap(({ name, dependencies = {}, peerDependencies = {} }) =>
    Object.keys({ ...dependencies, ...peerDependencies })
      .filter(isOurs)
      .map((dependency) => ({ from: short(name), to: short(dependency) })),
  );
  const allows = (/** @type {{ from: string, to: string }} */ { from, to }) =>
    LAYERS[layerOf(from)]?.mayUse.includes(layerOf(to)) ||
    exceptions.some((exception) => exception.from === from && exception.to === to);
  const uses = (/** @type {{ from: string, to: string }} */ exception) =>
    edges.some(({ from, to }) => exception.from === from && exception.to === to);

  return [
    ...edges
      .filter((edge) => !allows(edge))
      .map(({ from, to }) => `${from} (${layerOf(from)}) must not depend on ${to} (${layerOf(to)})`),
    ...exceptions
      .filter((exception) => !uses(exception))
      .map(({ from, to }) => `the exception ${from} -> ${to} is not needed any more`),
    ...manifests.flatMap(misdeclarations),
  ];
}

/** @param {Manifest} manifest */
function misdeclarations({ name, dependencies = {}, devDependencies = {}, peerDependencies = {}, private: isPrivate }) {
  const ours = Object.entries({ ...dependencies, ...devDependencies }).filter(([dependency]) => isOurs(dependency));
  return [
    ...Object.keys(peerDependencies)
      .filter(isOurs)
      .map(
        (peer) => `${name}: ${peer} must be a dependency, not a peer: a minor of a peer is a major of its dependents`,
      ),
    ...ours
      .filter(([, range]) => range !== 'workspace:^')
      .map(([dependency]) => `${name}: ${dependency} must be "workspace:^"`),
    ...(isPrivate
      ? []
      : Object.keys(dependencies)
          .filter((dependency) => dependency.startsWith('@tensorflow/'))
          .map(
            (dependency) =>
              `${name}: ${dependency} must be a peer: a second copy breaks instanceof and kernel registration`,
          )),
  ];
}

/** @param {string} name */
function isOurs(name) {
  return name === 'cloze' || name.startsWith('@cloze/');
}

/** @param {string} name */
function short(name) {
  return name.replace('@cloze/', '');
}

/** @param {string} name Without scope. */
function layerOf(name) {
  return Object.keys(LAYERS).find((layer) => LAYERS[layer]?.packages.includes(name)) ?? 'family';
}
