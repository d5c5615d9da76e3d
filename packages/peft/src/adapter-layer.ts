import { ClozeError, type CheckpointEntry, type Module, type ParameterSource } from '@cloze/core';

/** A layer that a PEFT method put in the place of another, which it holds. */
export interface AdapterLayer extends Module {
  /** The layer as it was. */
  readonly base: Module;
  /**
   * One layer of the base's kind that computes the same. Its new tensors belong to the caller.
   *
   * @throws {ClozeError} `USAGE` when there is none.
   */
  merged(): Module;
}

/** How one layer is wrapped. */
export interface Wrapper {
  /** The new parameters: the field below the layer, and what stands below the layer's published path in files. */
  readonly entries: Readonly<Record<string, CheckpointEntry>>;
  /** @param source for the new parameters. */
  wrap(source: ParameterSource): AdapterLayer;
}

/** Whether a module is a wrapper of a PEFT method. */
export function isAdapterLayer(module: Module): module is AdapterLayer {
  return 'base' in module && 'merged' in module && typeof module.merged === 'function';
}

/** What `merged` throws where there is no such layer. */
export function notMergeable(what: string, why: string): ClozeError {
  return new ClozeError('USAGE', {
    message: `${what} cannot be merged: ${why}.`,
    hint: 'Use the model with its adapter as it is, or train with LoRA or IA3.',
  });
}
