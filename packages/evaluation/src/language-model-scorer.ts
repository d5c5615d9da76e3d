/** A text and what may follow it. */
export interface ContinuationRequest {
  /** May be empty. */
  readonly context: string;
  /** Not empty; begins with the white space that stands between both. */
  readonly continuation: string;
}

/** How likely a model finds a text. */
export interface LogLikelihood {
  /** In nats, of all tokens together. */
  readonly logLikelihood: number;
  /** How many tokens were predicted. */
  readonly numTokens: number;
}

/** How likely a model finds a continuation. */
export interface ContinuationScore extends LogLikelihood {
  /** Whether each token of it is the likeliest one. */
  readonly isGreedy: boolean;
}

/** What to write on, and until where. */
export interface GenerationRequest {
  readonly context: string;
  /** The text ends before the first of these. */
  readonly until: readonly string[];
  /** The text ends after so many tokens. */
  readonly maxTokens: number;
}

/** What the harness asks of a language model: the three kinds of requests of lm-evaluation-harness. Answers come in the order of the requests. */
export interface LanguageModelScorer {
  scoreContinuations(requests: readonly ContinuationRequest[]): Promise<readonly ContinuationScore[]>;
  /** Whole texts of any length. */
  scoreTexts(texts: readonly string[]): Promise<readonly LogLikelihood[]>;
  /** The likeliest next token, again and again. */
  generateUntil(requests: readonly GenerationRequest[]): Promise<readonly string[]>;
}
