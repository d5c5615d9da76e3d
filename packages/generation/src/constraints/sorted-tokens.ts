/**
 * The tokens of a vocabulary in the order of their bytes, with the length that each shares with the one before it. Going through them in order is going
 * through a trie: what a shared beginning leads to is computed once, and where it leads nowhere, all that begin with it are passed over.
 */
export class SortedTokens {
  readonly #ids: Int32Array;
  readonly #bytes: readonly Uint8Array[];
  readonly #numShared: Int32Array;

  /** @param tokens by id; undefined and empty ones are left out. */
  constructor(tokens: readonly (Uint8Array | undefined)[]) {
    const present = tokens.flatMap((bytes, id) => (bytes === undefined || bytes.length === 0 ? [] : [{ id, bytes }]));
    present.sort((a, b) => compare(a.bytes, b.bytes));
    this.#ids = Int32Array.from(present, ({ id }) => id);
    this.#bytes = present.map(({ bytes }) => bytes);
    this.#numShared = Int32Array.from(present, ({ bytes }, index) => numShared(bytes, this.#bytes[index - 1]));
  }

  /**
   * Finds the tokens that an automaton over bytes can read.
   *
   * @param step the state after a byte, or undefined.
   * @param found gets each token with the state after it.
   */
  forEachReadable<State>(
    start: State,
    step: (state: State, byte: number) => State | undefined,
    found: (id: number, state: State) => void,
  ): void {
    // states[n] is after n bytes of the present token; beyond the end of the list nothing can be read.
    const states: State[] = [start];
    this.#ids.forEach((id, index) => {
      const bytes = this.#bytes[index] ?? new Uint8Array();
      const shared = this.#numShared[index] ?? 0;
      if (shared >= states.length) return;
      states.length = shared + 1;
      for (let at = shared; at < bytes.length; at++) {
        const state = states[at];
        const next = state === undefined ? undefined : step(state, bytes[at] ?? 0);
        if (next === undefined) return;
        states.push(next);
      }
      const last = states[bytes.length];
      if (last !== undefined) found(id, last);
    });
  }
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const shared = numShared(a, b);
  return shared < a.length && shared < b.length ? (a[shared] ?? 0) - (b[shared] ?? 0) : a.length - b.length;
}

function numShared(a: Uint8Array, b: Uint8Array | undefined): number {
  let length = 0;
  while (b !== undefined && length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
