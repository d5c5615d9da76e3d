/** An array outside V8's heap, where it never moves. */
export function pinned<T>(
  type: new (memory: SharedArrayBuffer, offset: number, length: number) => T,
  length: number,
): T {
  return new type(new SharedArrayBuffer(Math.max(length * 8, 64)), 0, length);
}
