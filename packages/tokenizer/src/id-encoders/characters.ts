import type { Bpe } from '../models/bpe.ts';
import { TokenBuffer } from '../token-buffer.ts';
import type { IdBuffer, IdEncoder } from './id-encoder.ts';

/** One id per code point, from a table. */
export class CharacterIds implements IdEncoder {
  readonly #model: Bpe;
  /** Id of every code point; -1 = none, -2 = not asked yet. */
  readonly #ids = new Int32Array(0x110000).fill(-2);
  readonly #buffer = new TokenBuffer();

  private constructor(model: Bpe) {
    this.#model = model;
  }

  /** Undefined where the model does more than look up characters. */
  static for(model: Bpe): CharacterIds | undefined {
    const isPlain = model.merges.length === 0 && model.options.byteFallback !== true;
    return isPlain ? new CharacterIds(model) : undefined;
  }

  encode(text: string, start: number, end: number, out: IdBuffer): void {
    for (let at = start; at < end; at++) {
      const codePoint = text.codePointAt(at) ?? 0;
      if (codePoint > 0xffff) at++;
      const known = this.#ids[codePoint] ?? -1;
      const id = known === -2 ? this.#look(codePoint) : known;
      if (id !== -1) out.push(id);
    }
  }

  #look(codePoint: number): number {
    this.#buffer.clear();
    this.#model.tokenize(String.fromCodePoint(codePoint), this.#buffer);
    const id = this.#buffer.length === 0 ? -1 : (this.#buffer.ids[0] ?? -1);
    this.#ids[codePoint] = id;
    return id;
  }
}
