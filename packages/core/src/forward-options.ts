import type { RandomKey } from './random-key.ts';

/** What every forward pass may be given besides its inputs. */
export interface ForwardOptions {
  /** Drops out if and only if given. */
  readonly key?: RandomKey | undefined;
}

/** The options for a submodule: its own key is the given one, folded with the name of the field (and the index) that holds it. */
export function within({ key }: ForwardOptions, ...names: readonly (string | number)[]): ForwardOptions {
  return key === undefined ? {} : { key: names.reduce<RandomKey>((folded, name) => folded.fold(name), key) };
}
