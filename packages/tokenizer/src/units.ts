/** The UTF-16 units of a string. */
export function toUnits(text: string): Uint16Array {
  const units = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at++) units[at] = text.charCodeAt(at);
  return units;
}

/** The code point at `index` of the text that ends at `end`; a lone surrogate stands for itself. */
export function codePointAt(units: Uint16Array, index: number, end: number): number {
  const unit = units[index] ?? 0;
  if (unit < 0xd800 || unit > 0xdbff || index + 1 >= end) return unit;
  const next = units[index + 1] ?? 0;
  return next < 0xdc00 || next > 0xdfff ? unit : 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00);
}

/** Units of the character at `index`: 2 for a surrogate pair, else 1. */
export function widthAt(units: Uint16Array, index: number, end: number): 1 | 2 {
  return codePointAt(units, index, end) > 0xffff ? 2 : 1;
}

/** Holds the units of one text after the other. Reading them here, several times, is much faster than from the string. */
export class UnitBuffer {
  units: Uint16Array = new Uint16Array(1 << 12);
  length = 0;

  /** Puts text[start, end) in place of what was there, behind what `prefix` holds. */
  fill(text: string, start: number, end: number, prefix = ''): void {
    this.length = prefix.length + end - start;
    if (this.length > this.units.length) this.units = new Uint16Array(2 * this.length);
    const { units } = this;
    let to = 0;
    for (let at = 0; at < prefix.length; at++) units[to++] = prefix.charCodeAt(at);
    for (let at = start; at < end; at++) units[to++] = text.charCodeAt(at);
  }
}
