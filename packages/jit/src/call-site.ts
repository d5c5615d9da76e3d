const INTERNAL_FRAME = /node_modules[\\/]@tensorflow|node:internal|[\\/]jit[\\/](?:src|dist)[\\/](?!.*\.test\.ts)/;
const POSITION = /\(?((?:file:\/\/|[A-Za-z]:[\\/]|\/)[^()]*:\d+:\d+)\)?$/;

/** Remembers where a kernel was called. Reading the position is put off until an error needs it. */
export class CallSite {
  readonly #error: Error;

  constructor() {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 40;
    this.#error = new Error();
    Error.stackTraceLimit = limit;
  }

  /** `file:line:column` of the nearest caller outside tfjs and this package, or `unknown position`. */
  toString(): string {
    for (const line of (this.#error.stack ?? '').split('\n').slice(1)) {
      if (INTERNAL_FRAME.test(line)) continue;
      const position = POSITION.exec(line.trim())?.[1];
      if (position !== undefined) return position;
    }
    return 'unknown position';
  }
}
