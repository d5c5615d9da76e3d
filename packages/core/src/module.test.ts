import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { disposeModule, isModule, parametersOf, replaceModules, withParameters, type Module } from './module.ts';

class Scale implements Module {
  readonly weight: tf.Tensor;
  readonly name = 'scale';
  constructor(weight: tf.Tensor) {
    this.weight = weight;
  }
  forward(x: tf.Tensor): tf.Tensor {
    return tf.mul(x, this.weight);
  }
}

class Twice implements Module {
  readonly base: Module & { forward(x: tf.Tensor): tf.Tensor };
  constructor(base: Twice['base']) {
    this.base = base;
  }
  forward(x: tf.Tensor): tf.Tensor {
    return tf.mul(this.base.forward(x), 2);
  }
}

class Stack implements Module {
  readonly layers: readonly (Scale | Twice)[];
  readonly tied: tf.Tensor;
  readonly absent = undefined;
  constructor(layers: Stack['layers'], tied: tf.Tensor) {
    this.layers = layers;
    this.tied = tied;
  }
  forward(x: tf.Tensor): tf.Tensor {
    return tf.mul(
      this.layers.reduce((h, layer) => layer.forward(h), x),
      this.tied,
    );
  }
}

function createStack(): Stack {
  const shared = new Scale(tf.scalar(3));
  return new Stack([new Scale(tf.scalar(2)), shared, shared], shared.weight);
}

describe('parametersOf', () => {
  leaksNoTensors();

  it('lists parameters by field path, a tied one once under its first path', () => {
    const stack = createStack();
    expect(Object.keys(parametersOf(stack))).toEqual(['layers.0.weight', 'layers.1.weight']);
    expect(Object.keys(parametersOf(stack, (path) => path.startsWith('layers.1')))).toEqual(['layers.1.weight']);
    disposeModule(stack);
  });
});

describe('withParameters', () => {
  leaksNoTensors();

  it('replaces a parameter everywhere it is tied, shares the rest and leaves the original as it was', () => {
    const stack = createStack();
    const replacement = tf.scalar(5);
    const changed = withParameters(stack, { 'layers.1.weight': replacement });
    expect(changed.tied).toBe(replacement);
    expect(changed.layers[2]).toBe(changed.layers[1]);
    expect(changed.layers[0]).toBe(stack.layers[0]);
    expect(changed).toBeInstanceOf(Stack);
    tf.tidy(() => {
      expect(changed.forward(tf.scalar(1)).dataSync()[0]).toBe(2 * 5 * 5 * 5);
      expect(stack.forward(tf.scalar(1)).dataSync()[0]).toBe(2 * 3 * 3 * 3);
    });
    expect(withParameters(stack, {})).toBe(stack);
    replacement.dispose();
    disposeModule(stack);
  });

  it('refuses unknown paths and other shapes', () => {
    const stack = createStack();
    const vector = tf.tensor1d([1, 2]);
    expect(() => withParameters(stack, { tied: vector })).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: UNKNOWN_PARAMETER: The module has no parameter tied; it has 2: layers.0.weight, layers.1.weight. Use the paths that parametersOf(module) lists.]`,
    );
    expect(() => withParameters(stack, { 'layers.0.weight': vector })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SHAPE_MISMATCH: layers.0.weight must have shape [], got [2]. Pass a tensor of the same shape as the parameter that it replaces.]`,
    );
    vector.dispose();
    disposeModule(stack);
  });
});

describe('replaceModules', () => {
  leaksNoTensors();

  it('wraps submodules without searching the wrapper, a shared one once', () => {
    const stack = createStack();
    const paths: string[] = [];
    const wrapped = replaceModules(stack, (module, path) => {
      paths.push(path);
      return module instanceof Scale && path !== 'layers.0' ? new Twice(module) : module;
    });
    expect(paths).toEqual(['layers.0', 'layers.1']);
    expect(wrapped.layers[1]).toBeInstanceOf(Twice);
    expect(wrapped.layers[2]).toBe(wrapped.layers[1]);
    expect(Object.keys(parametersOf(wrapped))).toEqual(['layers.0.weight', 'layers.1.base.weight']);
    disposeModule(stack);
  });
});

describe('isModule', () => {
  it('judges by form', () => {
    expect([isModule({ forward: () => 1 }), isModule({}), isModule(null), isModule('forward')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
