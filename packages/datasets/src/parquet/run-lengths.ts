/** Packed values come in groups of 8, which writers fill up; DuckDB fills up 256. */
const MAX_PADDING = 255;

/**
 * Decodes Parquet's hybrid of repeated and bit-packed values: levels, indices into dictionaries, truth values.
 *
 * @param bitWidth of each value, at most 32.
 * @param count how many values to read.
 * @returns undefined when the bytes do not hold them: a run that is longer than what is needed, or bytes that end early.
 * @see <https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE>
 */
export function decodeRuns(bytes: Uint8Array, bitWidth: number, count: number): Uint32Array | undefined {
  const values = new Uint32Array(count);
  let position = 0;
  let filled = 0;
  while (filled < count) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[position++];
      if (byte === undefined || shift > 28) return undefined;
      header += (byte & 0x7f) * 2 ** shift;
      if (byte < 128) break;
    }
    const length = Math.floor(header / 2);
    const isPacked = header % 2 === 1;
    const numBytes = isPacked ? length * bitWidth : Math.ceil(bitWidth / 8);
    const numLeft = count - filled;
    const numValues = isPacked ? Math.min(length * 8, numLeft) : length;
    const excess = isPacked ? length * 8 - numLeft : length - numLeft;
    if (length === 0 || excess > (isPacked ? MAX_PADDING : 0) || numBytes > bytes.length - position) return undefined;
    const run = bytes.subarray(position, position + numBytes);
    if (isPacked) unpack(run, bitWidth, values.subarray(filled, filled + numValues));
    else values.fill(littleEndian(run), filled, filled + numValues);
    position += numBytes;
    filled += numValues;
  }
  return values;
}

function unpack(bytes: Uint8Array, bitWidth: number, values: Uint32Array): void {
  let position = 0;
  let held = 0;
  let numHeld = 0;
  for (let index = 0; index < values.length; index++) {
    // Arithmetic instead of shifts: up to 39 bits are held.
    while (numHeld < bitWidth) {
      held += (bytes[position++] ?? 0) * 2 ** numHeld;
      numHeld += 8;
    }
    const rest = Math.floor(held / 2 ** bitWidth);
    values[index] = held - rest * 2 ** bitWidth;
    held = rest;
    numHeld -= bitWidth;
  }
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}
