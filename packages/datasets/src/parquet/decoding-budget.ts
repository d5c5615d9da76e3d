import { ClozeError } from '@cloze/core';
import type { Place } from './errors.ts';

/** How much a row group may take when it is decoded. */
export interface DecodingLimits {
  /** Bytes of decompressed pages that any file may have. */
  readonly freeBytes: number;
  /** How often its own size a file may decompress to beyond that. */
  readonly maxRatio: number;
  /** Values that any file may have; those that repeat take nearly no space in it. */
  readonly freeValues: number;
  /** How many values per byte a file may have beyond that. */
  readonly maxValuesPerByte: number;
}

/** What the selected columns of a row group have taken so far. */
export class DecodingBudget {
  readonly #limits: DecodingLimits;
  readonly #fileBytes: number;
  #bytes = 0;
  #values = 0;

  /** @param fileBytes that the columns have in the file. */
  constructor(limits: DecodingLimits, fileBytes: number) {
    this.#limits = limits;
    this.#fileBytes = fileBytes;
  }

  /** @throws {ClozeError} `RESOURCE_LIMIT` when it is spent. */
  spend(bytes: number, values: number, place: Place): void {
    const { freeBytes, maxRatio, freeValues, maxValuesPerByte } = this.#limits;
    this.#bytes += bytes;
    this.#values += values;
    const maxBytes = freeBytes + maxRatio * this.#fileBytes;
    const maxValues = freeValues + maxValuesPerByte * this.#fileBytes;
    if (this.#bytes <= maxBytes && this.#values <= maxValues) return;
    throw new ClozeError('RESOURCE_LIMIT', {
      message: `A row group of ${this.#fileBytes.toLocaleString('en-US')} bytes must decompress to at most ${maxBytes.toLocaleString('en-US')} bytes and ${maxValues.toLocaleString('en-US')} values, got ${this.#bytes.toLocaleString('en-US')} and ${this.#values.toLocaleString('en-US')} so far.`,
      hint: 'Read fewer columns or write smaller row groups; the file may be hostile.',
      file: place.file,
      offset: place.offset,
    });
  }
}
