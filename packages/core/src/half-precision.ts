/** bfloat16 words as float32: the upper half of its bits. */
export function fromBfloat16(words: Uint16Array): Float32Array {
  const result = new Float32Array(words.length);
  const bits = new Uint32Array(result.buffer);
  words.forEach((word, index) => (bits[index] = word << 16));
  return result;
}

/** float32 rounded to bfloat16, ties to even. */
export function toBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (word) => {
    // Rounding could turn a NaN with low bits only into an infinity.
    if ((word & 0x7fffffff) > 0x7f800000) return (word >>> 16) | 0x40;
    return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  });
}

/** IEEE half precision words as float32, exactly. */
export function fromFloat16(words: Uint16Array): Float32Array {
  return Float32Array.from(words, (word) => {
    const sign = (word & 0x8000) === 0 ? 1 : -1;
    const exponent = (word >>> 10) & 0x1f;
    const fraction = word & 0x3ff;
    if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction * 2 ** -10) * 2 ** (exponent - 15);
  });
}

/** float32 rounded to IEEE half precision, ties to even; beyond 65,504 to infinity. */
export function toFloat16(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
    const magnitude = Math.abs(value);
    if (Number.isNaN(value)) return sign | 0x7e00;
    if (magnitude >= 65520) return sign | 0x7c00;
    // The spacing of half precision numbers around `magnitude`, 2^-24 among the subnormal ones.
    const exponent = Math.max(Math.floor(Math.log2(magnitude)), -14);
    const spacing = 2 ** (exponent - 10);
    const steps = roundToEven(magnitude / spacing);
    // A carry out of the fraction moves into the exponent by itself.
    return sign | (magnitude < 2 ** -14 ? steps : ((exponent + 15) << 10) + (steps - 1024));
  });
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest === 0.5) return floor + (floor % 2);
  return rest < 0.5 ? floor : floor + 1;
}
