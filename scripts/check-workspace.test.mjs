import { describe, expect, it } from 'vitest';
import { violations } from './check-workspace.mjs';
import { workspacePackages } from './workspace.mjs';

/**
 * @param {string} name
 * @param {string[]} dependencies
 */
function manifest(name, dependencies) {
  return {
    name: `@cloze/${name}`,
    version: '0.0.0',
    description: '',
    dependencies: Object.fromEntries(dependencies.map((dependency) => [`@cloze/${dependency}`, 'workspace:^'])),
  };
}

describe('the layers', () => {
  it('hold in this workspace', () => {
    const manifests = workspacePackages().map(({ manifest }) => manifest);
    expect(manifests.map(({ name }) => name)).toContain('@cloze/testing');
    expect(violations(manifests)).toEqual([]);
  });

  it('let higher packages use lower ones', () => {
    const manifests = [
      manifest('core', []),
      manifest('bert', ['core', 'tokenizer']),
      manifest('training', ['core', 'jit']),
    ];
    expect(violations(manifests, [])).toEqual([]);
  });

  it('forbid families, siblings and higher packages to be used from below', () => {
    const manifests = [manifest('core', ['jit']), manifest('bert', ['gpt']), manifest('hub', ['bert', 'training'])];
    expect(violations(manifests, [])).toMatchInlineSnapshot(`
      [
        "core (ground) must not depend on jit (capability)",
        "bert (family) must not depend on gpt (family)",
        "hub (tool) must not depend on bert (family)",
        "hub (tool) must not depend on training (tool)",
      ]
    `);
  });

  it('bind tests, too, but let tools be tested with real models', () => {
    const tested = (/** @type {string} */ name, /** @type {string[]} */ uses) => {
      const { dependencies, ...rest } = manifest(name, uses);
      return { ...rest, devDependencies: dependencies };
    };
    expect(violations([tested('training', ['gpt', 'testing']), tested('gpt', ['conformance', 'jit'])], [])).toEqual([]);
    expect(violations([tested('core', ['jit']), tested('gpt', ['bert']), tested('hub', ['training'])], [])).toEqual([
      'core (ground) must not be tested with jit (capability)',
      'gpt (family) must not be tested with bert (family)',
      'hub (tool) must not be tested with training (tool)',
    ]);
  });

  it('keep test helpers out of what users install', () => {
    expect(violations([manifest('core', ['testing'])], [])).toHaveLength(1);
  });

  it('allow an exception that is used and refuse one that is not', () => {
    const exception = { from: 'prompting', to: 'generation', reason: 'a prompt is answered by generating' };
    expect(violations([manifest('prompting', ['generation'])], [exception])).toEqual([]);
    expect(violations([manifest('prompting', [])], [exception])).toMatchInlineSnapshot(`
      [
        "the exception prompting -> generation is not needed any more",
      ]
    `);
  });

  it('want internal packages as workspace dependencies and tfjs as a peer', () => {
    const wrong = {
      ...manifest('bert', []),
      dependencies: { '@cloze/core': '^1.0.0', '@tensorflow/tfjs': '4.22.0' },
      peerDependencies: { '@cloze/tokenizer': 'workspace:^' },
    };
    expect(violations([wrong], [])).toMatchInlineSnapshot(`
      [
        "@cloze/bert: @cloze/core must be "workspace:^"",
        "@cloze/bert: @cloze/tokenizer must be a dependency: a minor of a peer is a major of its dependents",
        "@cloze/bert: @tensorflow/tfjs must be a peer: a second copy breaks instanceof and kernel registration",
      ]
    `);
  });
});
