/** Order of two strings by code points, which is the order of their UTF-8 (JavaScript's own `<` compares UTF-16 units). */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    if (a.charCodeAt(at) !== b.charCodeAt(at)) {
      // Step back to the beginning of a pair whose low halves differ.
      const isLow = (a.charCodeAt(at) & 0xfc00) === 0xdc00 && (b.charCodeAt(at) & 0xfc00) === 0xdc00;
      const from = isLow && at > 0 ? at - 1 : at;
      return (a.codePointAt(from) ?? 0) - (b.codePointAt(from) ?? 0);
    }
  }
  return a.length - b.length;
}
