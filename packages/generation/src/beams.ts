/** How beams are kept and compared. */
export interface BeamSettings {
  readonly numBeams: number;
  /** The most new tokens. */
  readonly maxTokens: number;
  readonly stopTokens: readonly number[];
  readonly lengthPenalty: number;
  readonly earlyStopping: boolean | 'never';
}

/** A text in the making or finished, and its score. */
export interface Beam {
  /** The new tokens, stop token included. */
  readonly ids: readonly number[];
  /** Of a beam, the sum of its tokens' log probabilities; of a finished text, that divided by its length to the power of `lengthPenalty`. */
  readonly score: number;
}

/** A finished text; one that came of a beam that was unwanted from the beginning only takes up its place. */
interface FinishedBeam extends Beam {
  readonly isWanted: boolean;
}

/** How a beam goes on. */
export interface BeamStep {
  /** Which of the beams it continues. */
  readonly origin: number;
  /** Its new token. */
  readonly id: number;
}

/** What all but the first beam begin with, so that the beams begin with different tokens, and what a finished one is set back by. */
const UNWANTED = -1e9;

/**
 * The beams of one prompt, as Hugging Face transformers 5.18 keeps them: of the best continuations of all beams, those that end a text are compared
 * with the finished ones, and the best of the others go on. Sums are rounded to float32, so that ties are the same.
 *
 * @see Graves 2012, "Sequence Transduction with Recurrent Neural Networks", section 3.1. <https://arxiv.org/abs/1211.3711>
 */
export class Beams {
  readonly #settings: BeamSettings;
  #running: readonly Beam[];
  #finished: readonly FinishedBeam[] = [];
  #canImprove = true;

  constructor(settings: BeamSettings) {
    this.#settings = settings;
    this.#running = Array.from({ length: settings.numBeams }, (_, beam) => ({
      ids: [],
      score: beam === 0 ? 0 : UNWANTED,
    }));
  }

  /** The best finished texts, at most as many as there are beams, best first. */
  get finished(): readonly Beam[] {
    return this.#finished.filter(({ isWanted }) => isWanted);
  }

  /** Whether nothing that follows can change what is finished. */
  get isDone(): boolean {
    const { numBeams, earlyStopping } = this.#settings;
    return !this.#canImprove || (earlyStopping === true && this.#finished.length === numBeams);
  }

  /**
   * Chooses how the beams go on.
   *
   * @param logProbabilities of each beam's next token, [V].
   * @returns for each beam, which one it continues with what.
   */
  advance(logProbabilities: readonly Float32Array[]): BeamStep[] {
    const { numBeams, stopTokens, maxTokens } = this.#settings;
    const numNew = (this.#running[0]?.ids.length ?? 0) + 1;
    // Each beam may end in every stop token, and as many beams as before are to go on.
    const numKept = Math.max(2, 1 + stopTokens.length) * numBeams;
    const best = this.#bestContinuations(logProbabilities, numKept).map((candidate, rank) => ({
      ...candidate,
      ends: numNew === maxTokens || stopTokens.includes(candidate.id),
      isAmongBest: rank < numBeams,
    }));
    this.#finish(best.filter(({ ends, isAmongBest }) => ends && isAmongBest));
    const next = best
      .map((candidate) => ({ ...candidate, score: Math.fround(candidate.score + (candidate.ends ? UNWANTED : 0)) }))
      .sort(byScore)
      .slice(0, numBeams);
    this.#running = next;
    this.#canImprove &&= this.#mayBeatFinished(numNew);
    return next.map(({ origin, id }) => ({ origin, id }));
  }

  #bestContinuations(logProbabilities: readonly Float32Array[], count: number): (Beam & BeamStep)[] {
    const best: (BeamStep & { readonly score: number })[] = [];
    logProbabilities.forEach((row, origin) => {
      const before = this.#running[origin]?.score ?? UNWANTED;
      for (let id = 0; id < row.length; id++) {
        const score = Math.fround(before + (row[id] ?? 0));
        if (best.length === count && score <= (best.at(-1)?.score ?? 0)) continue;
        insert(best, { origin, id, score });
        if (best.length > count) best.pop();
      }
    });
    return best.map((step) => ({ ...step, ids: [...(this.#running[step.origin]?.ids ?? []), step.id] }));
  }

  #finish(candidates: readonly Beam[]): void {
    if (this.isDone) return;
    const { numBeams, lengthPenalty } = this.#settings;
    const scored = candidates.map(({ ids, score }) => ({
      ids,
      score: Math.fround(score / Math.fround(ids.length ** lengthPenalty)),
      isWanted: score > UNWANTED / 2,
    }));
    this.#finished = [...this.#finished, ...scored].sort(byScore).slice(0, numBeams);
  }

  /** Whether the best beam could still end better than the worst finished text. By default its length is taken as it is. */
  #mayBeatFinished(numNew: number): boolean {
    const { numBeams, lengthPenalty, earlyStopping, maxTokens } = this.#settings;
    const length = earlyStopping === 'never' && lengthPenalty > 0 ? maxTokens : numNew;
    const attainable = Math.fround((this.#running[0]?.score ?? UNWANTED) / Math.fround(length ** lengthPenalty));
    const worst = this.#finished.length < numBeams ? UNWANTED : (this.#finished.at(-1)?.score ?? UNWANTED);
    return attainable > worst;
  }
}

/** Best first; of equal ones, the earlier. */
function byScore(a: { readonly score: number }, b: { readonly score: number }): number {
  // Not the difference: that of two infinities is no number.
  return a.score === b.score ? 0 : a.score > b.score ? -1 : 1;
}

/** Keeps a list of a few in order; a new one comes after its equals. */
function insert<T extends { readonly score: number }>(list: T[], item: T): void {
  let position = list.length;
  while (position > 0 && (list[position - 1]?.score ?? 0) < item.score) position--;
  list.splice(position, 0, item);
}
