import type { RandomKey } from '@cloze/core';
import type { Engine } from '@cloze/jit';

/** A question about language models that is answered by training some. */
export interface Experiment {
  /** As it is typed. */
  readonly name: string;
  /** A few words. */
  readonly title: string;
  /** One sentence with a question mark. */
  readonly question: string;
  /** What is compared and how, in a few sentences: data, models, sizes. */
  readonly method: string;
  /** At least three; each gives all conditions a fresh start. */
  readonly seeds: readonly number[];
  readonly measures: Readonly<Record<string, Measure>>;
  readonly claims: readonly Claim[];
  readonly plots: readonly Plot[];
  /** All conditions, trained and measured from one seed. */
  readonly run: (setting: Setting) => Promise<readonly Condition[]>;
}

/** A column of the table. */
export interface Measure {
  /** With the unit: `accuracy, %`. */
  readonly label: string;
  /** Digits behind the point. */
  readonly digits: number;
}

/** A row of the table: what differs from the other rows, and what came of it. */
export interface Condition {
  readonly name: string;
  /** By the names of the experiment's measures; what a condition does not have is left out. */
  readonly values: Readonly<Record<string, number>>;
}

/** The value of a measure under a condition. */
export type ValueOf = (condition: string, measure: string) => number;

/** What the field says, in one sentence, and how far one seed agrees. */
export interface Claim {
  readonly text: string;
  /** Above 0 where the seed agrees, below 0 where it contradicts; a difference of two values, in their unit. */
  readonly margin: (valueOf: ValueOf) => number;
  /** Of the margin: `% accuracy`. */
  readonly unit: string;
}

/** One measure of all conditions that have it: bars, or points over another measure. */
export interface Plot {
  readonly measure: string;
  /** Default: bars, one for each condition. */
  readonly over?: { readonly measure: string; readonly isLogarithmic?: boolean };
}

/** What a run is given. */
export interface Setting {
  /** A run of seconds that shows that everything works; its numbers mean nothing. */
  readonly isQuick: boolean;
  /** The source of everything random. */
  readonly key: RandomKey;
  readonly engine: Engine;
  /** Tells how far the run of this seed is, from 0 to 1, and what it does now. */
  readonly progress: (fraction: number, doing: string) => void;
}
