import { engineFor, type EngineChoice } from './engine-choice.ts';
import { createBlankFiller, type BlankFiller, type FilledText } from './fill-blanks.ts';

/** What the page asks for. */
export interface FillRequest {
  readonly text: string;
  readonly engine: EngineChoice;
}

/** The model that comes with the site, which fills blanks. Lives in a Web Worker, because a model holds its thread. */
export class Filler {
  readonly #backend: Promise<unknown>;
  readonly #files: () => Promise<ReadonlyMap<string, Uint8Array>>;
  readonly #fillers: Map<EngineChoice, Promise<BlankFiller>> = new Map<EngineChoice, Promise<BlankFiller>>();

  /**
   * @param files of the model's folder; asked for once.
   * @param backend when tfjs can be used. Calls wait for it.
   */
  constructor(files: () => Promise<ReadonlyMap<string, Uint8Array>>, backend: Promise<unknown> = Promise.resolve()) {
    this.#files = files;
    this.#backend = backend;
  }

  /** Fills the blanks of a text, and says with what. */
  async fill({ text, engine }: FillRequest): Promise<FilledText & { readonly engineName: string }> {
    await this.#backend;
    const chosen = await engineFor(engine);
    let filler = this.#fillers.get(engine);
    if (filler === undefined) {
      filler = this.#files().then((files) => createBlankFiller(files, chosen));
      this.#fillers.set(engine, filler);
      // What failed, as a download may, is tried again.
      filler.catch(() => this.#fillers.delete(engine));
    }
    return { ...(await (await filler).fill(text)), engineName: chosen.name };
  }

  async dispose(): Promise<void> {
    for (const filler of this.#fillers.values()) (await filler).dispose();
    this.#fillers.clear();
  }
}
