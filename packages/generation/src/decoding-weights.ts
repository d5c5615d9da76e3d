import { Linear, parametersOf, replaceModules, withParameters, type Module, type ParameterMap } from '@cloze/core';
import { tensorForEngine, type Engine } from '@cloze/jit';
import * as tf from '@tensorflow/tfjs';

/**
 * The weights of a model where the engine reads them.
 *
 * For compiled functions, those of linear layers are held transposed, [out, in]: a single token times such a matrix is one dot product per row, which
 * reads the memory from front to back.
 */
export class DecodingWeights {
  /** By path; those of `transposed` have their axes exchanged. */
  readonly parameters: ParameterMap;
  readonly #transposed: ReadonlySet<string>;

  private constructor(parameters: ParameterMap, transposed: ReadonlySet<string>) {
    this.parameters = parameters;
    this.#transposed = transposed;
  }

  /** Copies the weights. The model's own tensors are not read afterwards. */
  static async copy(model: Module, engine: Engine): Promise<DecodingWeights> {
    const transposed = engine.kind === 'graph' ? linearWeights(model) : new Set<string>();
    const copies = Object.entries(parametersOf(model)).map(async ([path, tensor]) => {
      const values = await tensor.data();
      const [rows = 1, columns = 1] = tensor.shape;
      const copy = transposed.has(path)
        ? await tensorForEngine(transposedValues(values, rows, columns), [columns, rows], engine)
        : await tensorForEngine(Float32Array.from(values), tensor.shape, engine);
      return [path, copy] as const;
    });
    return new DecodingWeights(Object.fromEntries(await Promise.all(copies)), transposed);
  }

  /** The model with weights in place of its own. Inside of a compiled function: there, exchanging axes costs nothing. */
  givenTo<M extends Module>(model: M, parameters: ParameterMap): M {
    const entries = Object.entries(parameters).map(
      ([path, tensor]) => [path, this.#transposed.has(path) ? tf.transpose(tensor) : tensor] as const,
    );
    return withParameters(model, Object.fromEntries(entries));
  }

  dispose(): void {
    for (const parameter of Object.values(this.parameters)) parameter.dispose();
  }
}

/** The paths of the weights of all linear layers. */
function linearWeights(model: Module): Set<string> {
  const paths = new Set<string>();
  replaceModules(model, (module, path) => {
    if (module instanceof Linear) paths.add(`${path}.weight`);
    return module;
  });
  return paths;
}

/** As many rows and columns as a processor's nearest cache holds. */
const TILE = 32;

function transposedValues(values: ArrayLike<number>, rows: number, columns: number): Float32Array {
  const result = new Float32Array(rows * columns);
  for (let top = 0; top < rows; top += TILE) {
    for (let left = 0; left < columns; left += TILE) {
      for (let row = top; row < Math.min(top + TILE, rows); row++) {
        for (let column = left; column < Math.min(left + TILE, columns); column++) {
          result[column * rows + row] = values[row * columns + column] ?? 0;
        }
      }
    }
  }
  return result;
}
