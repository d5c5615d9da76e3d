import type { FamilySettings, Module, Objective, RandomKey } from '@cloze/core';
import type { ExampleSource } from '@cloze/datasets';
import type { AnyFamily } from '@cloze/hub';
import type { Tokenizer } from '@cloze/tokenizer';
import { train, type Training, type TrainingOptions } from '@cloze/training';
import type { TrainingText } from './texts.ts';
import type { TokenizerTrainers } from './tokenizer.ts';
import type { SplitTokens } from './tokens.ts';
import { unigramEntropy } from './unigram-entropy.ts';

/** How a family is pre-trained from plain text. */
export interface PretrainingRecipe {
  readonly family: AnyFamily;
  /** A task of the family. */
  readonly task: string;
  /** The preset that is trained unless another is asked for: the smallest that shows something in minutes. */
  readonly preset: string;
  readonly tokenizers: TokenizerTrainers;
  /** Of a trained tokenizer. */
  readonly vocabSize: number;
  /** Tokens per sequence where none are asked for; longer ones cost more and should be asked for. The preset's positions, if they are fewer. */
  readonly sequenceLength: number;
  /** A command that shows what the model in a folder can do. */
  next(folder: string): string;
  /** @throws {ClozeError} `DATA_INVALID` when the text is too short. */
  prepare(request: PrepareRequest): Promise<PretrainingPlan>;
}

/** What a plan is made from. */
export interface PrepareRequest {
  readonly text: TrainingText;
  readonly tokenizer: Tokenizer;
  /** Tokens per sequence. */
  readonly sequenceLength: number;
  /** The share at the end of the text that is not trained on. */
  readonly validationFraction: number;
  readonly key: RandomKey;
}

/** What training needs besides data and objective. */
export type RunOptions = Omit<TrainingOptions<Module, unknown>, 'objective' | 'data' | 'validation'> & {
  /** In steps. */
  readonly evaluateEvery: number;
};

/** Data and objective, ready to train. */
export interface PretrainingPlan {
  /** In tokens. */
  readonly numTraining: number;
  /** In tokens. */
  readonly numValidation: number;
  /** Of the training tokens, in nats per token: what a loss is to be compared with. */
  readonly unigramEntropy: number;
  /** What of the model's configuration follows from tokenizer and objective, besides the vocabulary. */
  readonly settings: FamilySettings;
  train(options: RunOptions): Training<Module>;
}

/** Data and objective of a plan, with their types. */
export interface PlanParts<M extends Module, Example, Field extends string> {
  readonly objective: Objective<Example, M, Field>;
  readonly source: ExampleSource<Example>;
  /** Can be iterated again and again; empty where nothing is kept for validation. */
  readonly validation: Iterable<Example>;
  readonly tokens: SplitTokens;
  readonly settings: FamilySettings;
}

/** Forgets the types of data and objective, which only meet each other. */
export function planOf<M extends Module, Example, Field extends string>(
  parts: PlanParts<M, Example, Field>,
): PretrainingPlan {
  const { objective, source, validation, tokens, settings } = parts;
  return {
    numTraining: tokens.training.length,
    numValidation: tokens.validation.length,
    unigramEntropy: unigramEntropy(tokens.training),
    settings,
    train: ({ evaluateEvery, ...options }) => {
      const [first] = validation;
      return train<M, Example, Field>({
        ...options,
        // The family made it for the recipe's task, which is the objective's.
        model: options.model as M,
        objective,
        data: source,
        ...(first === undefined ? {} : { validation: { examples: validation, every: evaluateEvery } }),
      });
    },
  };
}
