import { disposeModule, type CausalLanguageModel } from '@cloze/core';
import { onnxRuntimeWebEngine, tfjsEngine, type Engine } from '@cloze/jit';
import type { Training } from '@cloze/training';
import { unzipSync, zipSync } from 'fflate';
import {
  fromFiles,
  toFiles,
  trainCharacterModel,
  write,
  type CharacterModel,
  type ModelSize,
} from './character-training.ts';
import { engineFor, type EngineChoice } from './engine-choice.ts';

export type { ModelSize };

/** What the page hears of each step. */
export interface StepReport {
  readonly step: number;
  readonly numSteps: number;
  /** In nats per character. */
  readonly loss: number;
  readonly millisecondsPerStep: number;
  readonly tokensPerSecond: number;
}

/** What the page hears while a model trains. */
export interface TrainingListener {
  step(report: StepReport): void;
  /** A text that the model wrote on the way. */
  sample(text: string, step: number): void;
}

/** What is asked of a run. */
export interface TrainingSettings {
  readonly text: string;
  readonly numSteps: number;
  readonly size: ModelSize;
  readonly seed: number;
  readonly engine: EngineChoice;
  /** In steps. */
  readonly sampleEvery: number;
}

const SAMPLE_LENGTH = 120;

/**
 * One model of characters at a time: trains it, pauses, writes with it, packs it into a model folder and unpacks one. Lives in a Web Worker, because a
 * step holds its thread.
 */
export class Trainer {
  readonly #backend: Promise<unknown>;
  #current: CharacterModel | undefined;
  #run: Training<CausalLanguageModel> | undefined;
  #writer: Engine = writerFor('fastest');
  #pause: Gate = new Gate();
  #stop: AbortController = new AbortController();

  /** @param backend when tfjs can be used. Calls wait for it. */
  constructor(backend: Promise<unknown> = Promise.resolve()) {
    this.#backend = backend;
  }

  /** The name of the engine that a choice means here. */
  async engineName(choice: EngineChoice): Promise<string> {
    return (await engineFor(choice)).name;
  }

  /**
   * Trains to the end, or until {@link stop}.
   *
   * @returns the steps that were made.
   */
  async train({ sampleEvery, ...settings }: TrainingSettings, listener: TrainingListener): Promise<number> {
    await this.#backend;
    this.dispose();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#pause = new Gate();
    const engine = await engineFor(settings.engine);
    this.#writer = writerFor(settings.engine);
    const { start, run } = await trainCharacterModel({ ...settings, engine });
    this.#run = run;
    let step = 0;
    for await (const { loss, millisecondsPerStep, tokensPerSecond, ...event } of run) {
      step = event.step;
      this.#current = { ...start, model: run.model };
      listener.step({ step, numSteps: settings.numSteps, loss, millisecondsPerStep, tokensPerSecond });
      if (step % sampleEvery === 0) listener.sample(await this.#sample(settings.text), step);
      await this.#pause.passed();
      if (signal.aborted) break;
    }
    this.#pause.open();
    return step;
  }

  /** Resolves when the step under way is done, and nothing moves any more. */
  async pause(): Promise<void> {
    await this.#pause.close();
  }

  resume(): void {
    this.#pause.open();
  }

  stop(): void {
    this.#stop.abort();
    this.#pause.open();
  }

  /** Writes on from a prompt with the model as it is. */
  async write(prompt: string, seed: number): Promise<string> {
    return this.#write(prompt, { seed, maxTokens: 2 * SAMPLE_LENGTH });
  }

  /** The model folder, as an archive that Python and the command line read when it is unpacked. */
  async download(): Promise<Uint8Array> {
    return zipSync(Object.fromEntries(await toFiles(this.#model())));
  }

  /** Takes a model folder back. */
  async load(archive: Uint8Array): Promise<{ readonly numCharacters: number }> {
    await this.#backend;
    const loaded = await fromFiles(new Map(Object.entries(unzipSync(archive))));
    this.dispose();
    this.#current = loaded;
    return { numCharacters: loaded.tokenizer.vocabSize };
  }

  dispose(): void {
    if (this.#run !== undefined) this.#run.dispose();
    else if (this.#current !== undefined) disposeModule(this.#current.model);
    this.#run = undefined;
    this.#current = undefined;
  }

  async #sample(text: string): Promise<string> {
    const prompt = text.slice(0, 1);
    return prompt + (await this.#write(prompt, { seed: 1, maxTokens: SAMPLE_LENGTH }));
  }

  async #write(prompt: string, options: { readonly seed: number; readonly maxTokens: number }): Promise<string> {
    let written = '';
    const pieces = write(this.#model(), { prompt, engine: this.#writer, ...options });
    for await (const piece of pieces) written += piece;
    return written;
  }

  #model(): CharacterModel {
    if (this.#current === undefined) throw new Error('There is no model yet: train one, or load a folder.');
    return this.#current;
  }
}

/** A way that can be closed. */
class Gate {
  #opened: Promise<void> = Promise.resolve();
  #open: () => void = () => undefined;
  #tellWaiting: () => void = () => undefined;

  /** Resolves when somebody stands before it. */
  close(): Promise<void> {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
    return new Promise((resolve) => {
      this.#tellWaiting = resolve;
    });
  }

  open(): void {
    this.#open();
    this.#tellWaiting();
  }

  async passed(): Promise<void> {
    // A moment for messages to come in, too.
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#tellWaiting();
    await this.#opened;
  }
}

/** One token at a time is little work: a graphics card would wait for the page more than the page for it. */
function writerFor(choice: EngineChoice): Engine {
  return choice === 'tfjs' ? tfjsEngine() : onnxRuntimeWebEngine({ provider: 'wasm' });
}
