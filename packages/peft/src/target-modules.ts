import { ConfigError } from '@cloze/core';

/** Which layers a method changes and which it trains whole, by published names as in Hugging Face's `adapter_config.json`. */
export interface TargetSelection {
  /** Names that end the path of a layer, a regular expression for the whole path, or `all-linear`: all but the output projection. */
  readonly targetModules: readonly string[] | string;
  /** Layers that are left alone, in the same form. */
  readonly excludeModules: readonly string[] | string;
  /** Indices of the layers that are changed; empty = all. */
  readonly layersToTransform: readonly number[];
  /** Names of the arrays that the indices count in; empty = any. */
  readonly layersPattern: readonly string[];
  /** Parts that are trained and saved whole, as heads. Names that the model does not have are allowed. */
  readonly modulesToSave: readonly string[];
}

/** A layer that may be a target. */
export interface Candidate {
  /** Its published path: `bert.encoder.layer.0.attention.self.query`. */
  readonly path: string;
  readonly isLinear: boolean;
}

/** Heads that `all-linear` leaves out. */
const OUTPUT_PROJECTIONS = /(^|\.)(lm_head|score|classifier)$/;

/**
 * Whether a method changes a layer.
 *
 * @throws {ConfigError} when a pattern is no regular expression.
 * @see huggingface/peft 0.21, `tuners/tuners_utils.py`, `check_target_module_exists`.
 */
export function isTarget({ path, isLinear }: Candidate, selection: TargetSelection): boolean {
  const { targetModules, excludeModules } = selection;
  if (matchesName(path, excludeModules)) return false;
  if (targetModules === 'all-linear') return isLinear && !OUTPUT_PROJECTIONS.test(path);
  return matchesName(path, targetModules) && isInLayers(path, selection);
}

/**
 * Tells from its published path whether a layer belongs to a part that is trained whole: is it, or lies in it.
 *
 * @param names of parts. One that is the whole path of a part means that part alone: GLM's head is `dense`, and other layers end so.
 * @param paths all layers of the model.
 */
export function savedParts(names: readonly string[], paths: readonly string[]): (path: string) => boolean {
  const tests = names.map((name) => {
    const isIn = (path: string): boolean => `${path}.`.startsWith(`${name}.`);
    return paths.some(isIn) ? isIn : (path: string): boolean => `.${path}.`.includes(`.${name}.`);
  });
  return (path) => tests.some((test) => test(path));
}

/** Whether a path is or ends with one of the names, or is described by the whole of a regular expression. */
export function matchesName(path: string, names: readonly string[] | string): boolean {
  if (typeof names === 'string') return names !== '' && regularExpression(`^(?:${names})$`).test(path);
  return names.some((name) => path === name || path.endsWith(`.${name}`));
}

/** The value of the first pattern that describes the end of a path. */
export function patternValue(path: string, patterns: Readonly<Record<string, number>>): number | undefined {
  return Object.entries(patterns).find(([pattern]) => regularExpression(`^(?:.*\\.)?(?:${pattern})$`).test(path))?.[1];
}

function isInLayers(path: string, { layersToTransform, layersPattern }: TargetSelection): boolean {
  if (layersToTransform.length === 0) return true;
  const patterns = layersPattern.length === 0 ? ['[^.]*'] : layersPattern;
  const matches = patterns.map((pattern) => regularExpression(`^(?:.*?\\.)?(?:${pattern})\\.(\\d+)\\.`).exec(path));
  const index = matches.find((match) => match !== null)?.at(-1);
  return index !== undefined && layersToTransform.includes(Number(index));
}

function regularExpression(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (cause) {
    throw new ConfigError({
      message: `An adapter's pattern must be a regular expression of JavaScript, got ${pattern.slice(0, 100)}.`,
      hint: 'Name the modules in a list instead.',
      cause,
    });
  }
}
