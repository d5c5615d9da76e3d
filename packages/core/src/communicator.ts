/** A numeric array that can be exchanged between processes. */
export type ExchangedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** A group of processes that train one model. Arrays are changed in place; all ranks must call in the same order with equal lengths and types. */
export interface Communicator {
  /** From 0. */
  readonly rank: number;
  readonly size: number;
  /** Replaces every element by its sum over all ranks. */
  allReduce(arrays: readonly ExchangedArray[]): Promise<void>;
  /** Replaces every element by that of rank 0. */
  broadcast(arrays: readonly ExchangedArray[]): Promise<void>;
  /** Resolves when every rank has called it. */
  barrier(): Promise<void>;
}

/** The group of one: sums and broadcasts are what they were. */
export const localCommunicator: Communicator = {
  rank: 0,
  size: 1,
  allReduce: () => Promise.resolve(),
  broadcast: () => Promise.resolve(),
  barrier: () => Promise.resolve(),
};
