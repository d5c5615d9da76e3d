import * as tf from '@tensorflow/tfjs';
import { ClozeError, ShapeError } from './errors.ts';
import { isTensor } from './tensor-shape.ts';

/**
 * A part of a model: an immutable class whose readonly fields are tensors (its parameters), submodules, arrays of submodules or plain settings, with
 * a pure `forward`.
 *
 * `forward` reads no values, has no modes and changes nothing. It drops out if and only if it is given a `RandomKey`.
 */
export interface Module {
  forward(...inputs: never[]): unknown;
}

/** Parameters (or gradients, or optimizer moments) by the path of the field that holds them: `layers.0.attention.output.weight`. */
export type ParameterMap = Readonly<Record<string, tf.Tensor>>;

/** Tells from its path whether a parameter is to be trained. Frozen means not selected. */
export type ParameterFilter = (path: string) => boolean;

/** Whether a value is a module, judged by its form. */
export function isModule(value: unknown): value is Module {
  return typeof value === 'object' && value !== null && 'forward' in value && typeof value.forward === 'function';
}

/**
 * The parameters of a module by path, in the order of its fields. A tensor that is held twice (tied) is listed once, under its first path.
 *
 * @example
 * const trained = parametersOf(model, (path) => path.endsWith('.bias')); // BitFit
 */
export function parametersOf(module: Module, filter: ParameterFilter = () => true): ParameterMap {
  const parameters: Record<string, tf.Tensor> = {};
  const seen = new Set<tf.Tensor>();
  rebuild(module, {
    tensor: (tensor, path) => {
      if (!seen.has(tensor) && filter(path)) parameters[path] = tensor;
      seen.add(tensor);
      return tensor;
    },
  });
  return parameters;
}

/**
 * The same module with some parameters replaced. Parts without replaced parameters are shared with the original; tied parameters stay tied.
 *
 * @param parameters names parameters by the paths of {@link parametersOf}; the others are kept.
 * @throws {ClozeError} `UNKNOWN_PARAMETER` when the module has no such parameter.
 * @throws {ShapeError} when a replacement has another shape.
 */
export function withParameters<M extends Module>(module: M, parameters: ParameterMap): M {
  const replacements = new Map<tf.Tensor, tf.Tensor>();
  const known = parametersOf(module);
  for (const [path, replacement] of Object.entries(parameters)) {
    const original = Object.hasOwn(known, path) ? known[path] : undefined;
    if (original === undefined) throw unknownParameter(path, Object.keys(known));
    if (!tf.util.arraysEqual(original.shape, replacement.shape)) {
      throw new ShapeError({
        message: `${path} must have shape [${original.shape.join(', ')}], got [${replacement.shape.join(', ')}].`,
        hint: 'Pass a tensor of the same shape as the parameter that it replaces.',
        tensor: path,
      });
    }
    replacements.set(original, replacement);
  }
  return rebuild(module, { tensor: (tensor) => replacements.get(tensor) ?? tensor });
}

/**
 * The same module with some submodules replaced: how PEFT methods wrap layers that know nothing of them.
 *
 * @param replace gets each submodule with its path, parents before children, and returns it or its replacement. What it returns is not searched
 *   again, so a wrapper may hold the module that it wraps. A submodule that is held twice is replaced once.
 */
export function replaceModules<M extends Module>(module: M, replace: (module: Module, path: string) => Module): M {
  return rebuild(module, { module: replace });
}

/** Frees all parameters of a module. The module must not be used afterwards. */
export function disposeModule(module: Module): void {
  for (const parameter of Object.values(parametersOf(module))) parameter.dispose();
}

interface Visitor {
  readonly tensor?: (tensor: tf.Tensor, path: string) => tf.Tensor;
  readonly module?: (module: Module, path: string) => Module;
}

function rebuild<M extends Module>(root: M, visitor: Visitor): M {
  // Identity matters twice: a shared submodule must stay shared, and an unchanged one must stay the same object.
  const rebuilt = new Map<Module, Module>();

  const visitModule = (module: Module, path: string): Module => {
    const known = rebuilt.get(module);
    if (known !== undefined) return known;
    const replaced = path === '' ? module : (visitor.module?.(module, path) ?? module);
    const result = replaced === module ? copyWith(module, (value, field) => visit(value, join(path, field))) : replaced;
    rebuilt.set(module, result);
    return result;
  };

  const visit = (value: unknown, path: string): unknown => {
    if (isTensor(value)) return visitor.tensor?.(value, path) ?? value;
    if (Array.isArray(value)) {
      const items = value.map((item: unknown, index) => visit(item, join(path, String(index))));
      return items.some((item, index) => item !== value[index]) ? items : value;
    }
    return isModule(value) ? visitModule(value, path) : value;
  };

  return visitModule(root, '') as M;
}

function copyWith<M extends Module>(module: M, visit: (value: unknown, field: string) => unknown): M {
  const fields = Object.entries(module).map(
    ([field, value]: [string, unknown]) => [field, visit(value, field)] as const,
  );
  const isChanged = fields.some(([field, value]) => value !== module[field as keyof M]);
  if (!isChanged) return module;
  const prototype: unknown = Object.getPrototypeOf(module);
  return Object.assign(Object.create(prototype as object | null) as M, Object.fromEntries(fields));
}

function join(path: string, field: string): string {
  return path === '' ? field : `${path}.${field}`;
}

function unknownParameter(path: string, known: readonly string[]): ClozeError {
  const shown = known.slice(0, 3).join(', ');
  return new ClozeError('UNKNOWN_PARAMETER', {
    message: `The module has no parameter ${path}; it has ${known.length}: ${shown}${known.length > 3 ? ', ...' : ''}.`,
    hint: 'Use the paths that parametersOf(module) lists.',
    tensor: path,
  });
}
