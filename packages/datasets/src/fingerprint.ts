/**
 * A 64-bit hash of numbers and texts: tells data apart, proves nothing against an adversary.
 *
 * @returns 16 hexadecimal digits.
 */
export function fingerprint(...parts: readonly (ArrayLike<number> | string | number)[]): string {
  let low = 0x811c9dc5;
  let high = 0x6a09e667;
  const add = (value: number): void => {
    low = Math.imul(low ^ value, 0x01000193);
    high = Math.imul(high ^ value, 0x5bd1e995);
    // Carries high bits downwards; multiplication alone only carries them upwards.
    low ^= high >>> 15;
    high ^= low >>> 13;
  };
  for (const part of parts) {
    if (typeof part === 'number') {
      for (const word of new Int32Array(Float64Array.of(part).buffer)) add(word);
    } else if (typeof part === 'string') {
      add(part.length);
      for (let index = 0; index < part.length; index++) add(part.charCodeAt(index));
    } else {
      add(part.length);
      for (let index = 0; index < part.length; index++) add(part[index] ?? 0);
    }
  }
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');
}
