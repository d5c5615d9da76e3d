/**
 * @typedef {import('./workspace.mjs').Manifest} Manifest
 *
 * @typedef {{ from: string, to: string, inTests?: boolean }} Edge From one package to another, without scope; `inTests`: a devDependency.
 */

/**
 * The layers, from the ground up: what each may depend on, and what its tests may use besides. Packages of one layer never depend on each other. A
 * package that stands nowhere is a family, so that a new family needs no line here.
 *
 * @type {Record<string, { packages: string[], mayUse: string[], mayTestWith: string[] }>}
 */
const LAYERS = {
  ground: { packages: ['core', 'tokenizer'], mayUse: [], mayTestWith: ['development'] },
  capability: {
    packages: ['objectives', 'peft', 'datasets', 'jit'],
    mayUse: ['ground'],
    mayTestWith: ['development'],
  },
  family: { packages: [], mayUse: ['ground'], mayTestWith: ['capability', 'development'] },
  tool: {
    packages: ['hub', 'training', 'generation', 'prompting', 'evaluation', 'server', 'mpi', 'tasks'],
    mayUse: ['ground', 'capability'],
    // A tool knows no family, but is tested with real models.
    mayTestWith: ['family', 'development'],
  },
  app: {
    packages: ['cloze', 'docs', 'benchmarks', 'examples'],
    mayUse: ['ground', 'capability', 'family', 'tool'],
    mayTestWith: ['development'],
  },
  development: { packages: ['testing', 'conformance'], mayUse: ['ground', 'capability'], mayTestWith: [] },
};

/**
 * Edges that the table forbids and that exist nevertheless. One that nobody needs any more is an error, too.
 *
 * @type {(Edge & { reason: string })[]}
 */
const EXCEPTIONS = [
  { from: 'conformance', to: 'testing', reason: 'its suites compare tensors with the matchers' },
  { from: 'generation', to: 'hub', inTests: true, reason: 'its parity tests load published model folders' },
  {
    from: 'prompting',
    to: 'training',
    inTests: true,
    reason: 'its prompts are tested on models that are trained in the test',
  },
  {
    from: 'tasks',
    to: 'training',
    reason: 'a fine-tuning run is a training run with the data and objective of a task',
  },
  {
    from: 'tasks',
    to: 'evaluation',
    reason: 'a task names its metrics, and language modeling is scored by the harness',
  },
  { from: 'tasks', to: 'generation', reason: 'the predictions of text to text are written token by token' },
];

/**
 * What breaks the architecture, one sentence each; empty where all is well.
 *
 * @param {readonly Manifest[]} manifests All packages and apps.
 */
export function violations(manifests, exceptions = EXCEPTIONS) {
  const edges = manifests.flatMap(edgesOf);
  return [
    ...edges
      .filter((edge) => !isAllowed(edge) && !exceptions.some((exception) => isSame(exception, edge)))
      .map((edge) => {
        const verb = edge.inTests ? 'be tested with' : 'depend on';
        return `${edge.from} (${layerOf(edge.from)}) must not ${verb} ${edge.to} (${layerOf(edge.to)})`;
      }),
    ...exceptions
      .filter((exception) => !edges.some((edge) => isSame(exception, edge)))
      .map(({ from, to }) => `the exception ${from} -> ${to} is not needed any more`),
    ...manifests.flatMap(misdeclarations),
  ];
}

/**
 * @param {Manifest} manifest
 * @returns {Edge[]}
 */
function edgesOf({ name, dependencies = {}, devDependencies = {} }) {
  const edges = (/** @type {Record<string, string>} */ ranges, /** @type {boolean} */ inTests) =>
    Object.keys(ranges)
      .filter((dependency) => isOurs(dependency) && dependency !== '@cloze/tsconfig')
      .map((dependency) => ({ from: short(name), to: short(dependency), inTests }));
  return [...edges(dependencies, false), ...edges(devDependencies, true)];
}

/** @param {Edge} edge */
function isAllowed({ from, to, inTests }) {
  const layer = LAYERS[layerOf(from)];
  return layer?.mayUse.includes(layerOf(to)) || (inTests && layer?.mayTestWith.includes(layerOf(to)));
}

/**
 * @param {Edge} exception
 * @param {Edge} edge
 */
function isSame(exception, edge) {
  return exception.from === edge.from && exception.to === edge.to && Boolean(exception.inTests) === edge.inTests;
}

/** @param {Manifest} manifest */
function misdeclarations({ name, dependencies = {}, devDependencies = {}, peerDependencies = {}, private: isPrivate }) {
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([dependency, range]) => isOurs(dependency) && range !== 'workspace:^',
  );
  const tfjs = Object.keys(dependencies).filter((dependency) => dependency.startsWith('@tensorflow/') && !isPrivate);
  return [
    ...loose.map(([dependency]) => `${name}: ${dependency} must be "workspace:^"`),
    ...Object.keys(peerDependencies)
      .filter(isOurs)
      .map((peer) => `${name}: ${peer} must be a dependency: a minor of a peer is a major of its dependents`),
    ...tfjs.map((peer) => `${name}: ${peer} must be a peer: a second copy breaks instanceof and kernel registration`),
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
