/** A number that stands for a list of ids: FNV-1a. */
export function digestOf(ids: ArrayLike<number>): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < ids.length; at++) hash = Math.imul(hash ^ (ids[at] ?? 0), 0x01000193);
  return (hash ^ ids.length) >>> 0;
}
