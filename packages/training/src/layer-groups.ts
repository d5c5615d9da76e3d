import { ConfigError, parametersOf, type Module, type ParameterFilter } from '@cloze/core';

/** Parameters that lie at the same depth. */
export interface LayerGroup {
  /** `embeddings`, `layer 3` (`decoder layer 3` where there are several stacks), or `head`. */
  readonly name: string;
  readonly paths: ReadonlySet<string>;
}

/**
 * The parameters of a model by depth, from the embeddings over the layers to the head: what discriminative rates and gradual unfreezing count in.
 *
 * Read off the field paths, in their order. A layer is `layers.N`; stacks side by side in one module, as ELMo's `forwardLayers` and `backwardLayers`, make
 * layers together. What stands before the layers of its stack counts as embeddings, also the positions of a decoder. What follows them in the same module,
 * as a last normalization or a pooler, belongs to the last layer; what follows outside is the head. A decoder stands on its encoder, whose last layer it
 * reads. A tied tensor stands where it is first. A model without layers is all head. Groups without parameters are left out.
 *
 * @param trainable which parameters count: what a run trains at most, for example no buffers. Default: all.
 */
export function layerGroups(model: Module, trainable: ParameterFilter = () => true): readonly LayerGroup[] {
  const paths = Object.keys(parametersOf(model));
  const places = paths.map(layerOf);
  const stacks = new Set(places.flatMap((place) => (place === undefined ? [] : [place.stack])));
  const groups = new Map<string, Set<string>>([[EMBEDDINGS, new Set()]]);
  /** The name of the last layer that was met, by stack. */
  const lastLayers = new Map<string, string>();
  paths.forEach((path, index) => {
    const place = places[index];
    if (place !== undefined) lastLayers.set(place.stack, nameOf(place, stacks.size));
    const name = place === undefined ? nameBesides(path, stacks, lastLayers) : nameOf(place, stacks.size);
    const group = groups.get(name) ?? new Set();
    if (trainable(path)) group.add(path);
    groups.set(name, group);
  });
  return [...groups].filter(([, members]) => members.size > 0).map(([name, members]) => ({ name, paths: members }));
}

/** Selects the parameters of some groups. */
export function inGroups(groups: readonly LayerGroup[]): ParameterFilter {
  return (path) => groups.some(({ paths }) => paths.has(path));
}

/**
 * Selects what stands above the layers of a model.
 *
 * @param trainable as in {@link layerGroups}.
 * @throws {ConfigError} when there is nothing, as in a language model that scores by its token embeddings.
 */
export function headOf(model: Module, trainable?: ParameterFilter): ParameterFilter {
  const head = layerGroups(model, trainable).find(({ name }) => name === HEAD);
  if (head !== undefined) return inGroups([head]);
  throw new ConfigError({
    message: 'The model must have a head with parameters of its own, found none above its layers.',
    hint: 'Name the parameters to be trained first, or train all from the beginning.',
  });
}

const EMBEDDINGS = 'embeddings';
const HEAD = 'head';

interface LayerPlace {
  /** The path of the module that holds the layers. */
  readonly stack: string;
  readonly index: number;
}

function layerOf(path: string): LayerPlace | undefined {
  const match = /^(?:(.*?)\.)?(?:\w+L|l)ayers\.(\d+)\./.exec(path);
  return match === null ? undefined : { stack: match[1] ?? '', index: Number(match[2]) };
}

function nameOf({ stack, index }: LayerPlace, numStacks: number): string {
  return numStacks === 1 ? `layer ${index}` : `${stack.split('.').at(-1) ?? ''} layer ${index}`;
}

/** The group of a parameter that is in no layer. */
function nameBesides(path: string, stacks: ReadonlySet<string>, lastLayers: ReadonlyMap<string, string>): string {
  const own = [...stacks].find((stack) => stack === '' || path.startsWith(`${stack}.`));
  if (own !== undefined) return lastLayers.get(own) ?? EMBEDDINGS;
  return lastLayers.size === stacks.size ? HEAD : EMBEDDINGS;
}
