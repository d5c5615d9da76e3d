import {
  ConfigError,
  Linear,
  replaceModules,
  type CheckpointEntry,
  type CheckpointNames,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { AdapterConfig } from './adapter-config.ts';
import type { Wrapper } from './adapter-layer.ts';
import { bottleneckWrapper } from './bottleneck-config.ts';
import { ia3Wrapper } from './ia3-config.ts';
import { loraWrapper } from './lora-config.ts';
import { planPrefix } from './prefix-plan.ts';
import { planPrompt } from './prompt-plan.ts';
import { isTarget, matchesName, savedParts } from './target-modules.ts';
import { modulePath, moved, namePrefix, pathsOf, publishedPaths, trainedEntries } from './trained-parameters.ts';

/** What a configuration means for one model. */
export interface AdapterPlan {
  /** The model with its new parameters from a source. */
  wrap<M extends Module>(model: M, source: ParameterSource): M;
  /** Parameters of the base that are trained, too: their paths in the wrapped model by those in the base. */
  readonly trained: ReadonlyMap<string, string>;
  /** Where all that is trained stands in files, by paths in the wrapped model. */
  readonly names: CheckpointNames;
  /** The configuration without targets that the model does not have. */
  readonly config: AdapterConfig;
}

/** What {@link planAdapter} must know besides. */
export interface PlanOptions {
  /** Whether what a network computes is held as a table, as in adapter files. */
  readonly isFolded: boolean;
}

/** @throws {ConfigError} when the configuration fits no layer of the model. */
export function planAdapter(
  model: Module,
  names: CheckpointNames,
  { config, isFolded }: PlanOptions & { readonly config: AdapterConfig },
): AdapterPlan {
  switch (config.method) {
    case 'prefix':
      return planPrefix(model, names, { config, isFolded });
    case 'prompt':
    case 'p-tuning':
      return planPrompt(model, names, { config, isFolded });
    default:
      return planLayers(model, names, config);
  }
}

/** What is to be done with the layers of a model one by one. */
function planLayers(model: Module, names: CheckpointNames, config: AdapterConfig): AdapterPlan {
  const wrappers = new Map<string, Wrapper>();
  const entries: Record<string, CheckpointEntry> = {};
  const paths: string[] = [];
  const seen: string[] = [];
  const isSaved = savedParts(config.modulesToSave, publishedPaths(names));
  let isConv1D = false;
  replaceModules(model, (module, path) => {
    const weight = names.entries[`${path}.weight`];
    if (weight === undefined) return module;
    // ELMo's published names are no paths; its layers are named by ours.
    const published = weight.name.endsWith('.weight') ? modulePath(weight.name) : path;
    seen.push(published);
    const isWanted = !isSaved(published) && isTarget({ path: published, isLinear: module instanceof Linear }, config);
    const wrapper = isWanted ? wrapperFor(module, published, config) : undefined;
    if (wrapper === undefined) return module;
    wrappers.set(path, wrapper);
    paths.push(published);
    // GPT's matrices are [in, out] in files, too. Tables of vectors never are turned.
    isConv1D ||= module instanceof Linear && weight.transpose !== true;
    for (const [field, entry] of Object.entries(wrapper.entries)) {
      entries[`${path}.${field}`] = { ...entry, name: `${namePrefix(config)}${published}.${entry.name}` };
    }
    return module;
  });
  const ofBase = trainedEntries(model, names, { config, wrapped: new Set(wrappers.keys()) });
  const trained = pathsOf(ofBase, (path) => behindWrapper(path, wrappers));
  checkPlan(config, { numWrapped: paths.length, numTrained: trained.size, seen });
  return {
    wrap: (model, source) =>
      replaceModules(model, (module, path) => wrappers.get(path)?.wrap(source.at(...path.split('.'))) ?? module),
    trained,
    names: {
      entries: { ...entries, ...moved(ofBase, trained) },
      // Further copies of the head's bias.
      ignored: [/\.(original_module|modules_to_save)\.bias$/],
    },
    config: narrowed(config, paths, isConv1D),
  };
}

/** The path in the wrapped model of a parameter of the base. */
function behindWrapper(path: string, wrappers: ReadonlyMap<string, Wrapper>): string {
  const layer = modulePath(path);
  return wrappers.has(layer) ? `${layer}.base${path.slice(layer.length)}` : path;
}

function wrapperFor(module: Module, published: string, config: AdapterConfig): Wrapper | undefined {
  switch (config.method) {
    case 'lora':
      return loraWrapper(module, published, config);
    case 'ia3':
      return ia3Wrapper(module, published, config);
    case 'bottleneck':
      return bottleneckWrapper(module, config);
    default:
      return undefined;
  }
}

function checkPlan(
  config: AdapterConfig,
  { numWrapped, numTrained, seen }: { numWrapped: number; numTrained: number; seen: readonly string[] },
): void {
  const wraps = config.method !== 'bitfit' && config.method !== 'head';
  if (wraps ? numWrapped > 0 : numTrained > 0) return;
  const wanted = wraps ? config.targetModules : config.modulesToSave;
  if (!wraps && wanted.length === 0) {
    const lacking = config.method === 'head' ? 'a head of its own, to train it alone' : 'biases, or a head of its own';
    throw new ConfigError({
      message: `AdapterConfig: the model must have ${lacking}; it has none.`,
      hint: 'Train with LoRA, or name parts of the model in modulesToSave.',
    });
  }
  const lastNames = [...new Set(seen.map((path) => path.split('.').at(-1)))].join(', ');
  throw new ConfigError({
    message: `AdapterConfig: the model must have one of the layers ${JSON.stringify(wanted)}; it has layers named ${lastNames}.`,
    hint: 'Use the adapter with the model that it was made for, or name layers of this model.',
  });
}

/** Defaults name the layers of all families; what is saved names those of this one. */
function narrowed(config: AdapterConfig, paths: readonly string[], isConv1D: boolean): AdapterConfig {
  const present = (names: readonly string[] | string): readonly string[] | string =>
    typeof names === 'string' ? names : names.filter((name) => paths.some((path) => matchesName(path, [name])));
  return {
    ...config,
    targetModules: present(config.targetModules),
    // PEFT refuses names here that are no targets.
    ...(config.method === 'ia3' && { feedForwardModules: present(config.feedForwardModules) }),
    json: { ...(paths.length > 0 && { fan_in_fan_out: isConv1D }), ...config.json },
  };
}
