import { TokenizerError } from './errors.ts';

/** What a chat template may use. */
export interface ChatTemplateBudget {
  /** UTF-16 units of the template. Default 100,000. */
  readonly templateLength: number;
  /** Steps of the interpreter; a step takes about a microsecond. Default 1,000,000. */
  readonly steps: number;
  /** Nesting of expressions, blocks and calls of macros. Default 200. */
  readonly depth: number;
  /** Numbers of one `range`. Default 10,000. */
  readonly rangeSize: number;
  /** UTF-16 units of the result and of each value on the way. Default 1,000,000. */
  readonly outputLength: number;
}

/** The budget that holds when none is given. */
export const DEFAULT_CHAT_BUDGET: ChatTemplateBudget = {
  templateLength: 100_000,
  steps: 1_000_000,
  depth: 200,
  rangeSize: 10_000,
  outputLength: 1_000_000,
};

/** A value of a running template: of a kind that `type` names. */
export interface ChatTemplateValue {
  readonly type: string;
  readonly value: unknown;
}

/** Elements that are weighed in a step. */
const ELEMENTS_PER_STEP = 8;

/** Counts what a running template uses, and stops it when that is too much. */
export class BudgetMeter {
  readonly budget: ChatTemplateBudget;
  readonly #weights = new WeakMap<object, number>();
  #steps = 0;

  constructor(budget: ChatTemplateBudget) {
    this.budget = budget;
  }

  /** @throws {TokenizerError} `RESOURCE_LIMIT`. */
  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.budget.steps) throw exhausted('steps', this.budget.steps);
  }

  /**
   * Units that a value would be written with, about, with all that it contains.
   *
   * @throws {TokenizerError} `RESOURCE_LIMIT`.
   */
  weigh(value: unknown): number {
    return this.#weigh(value, 0).weight;
  }

  #weigh(value: unknown, level: number): { readonly weight: number; readonly isFixed: boolean } {
    if (!isChatTemplateValue(value)) return { weight: 1, isFixed: true };
    const content: unknown = value.value;
    if (typeof content === 'string') return { weight: this.#bounded(1 + content.length), isFixed: true };
    if (!Array.isArray(content) && !(content instanceof Map)) return { weight: 1, isFixed: true };
    const known = this.#weights.get(value);
    if (known !== undefined) return { weight: known, isFixed: true };
    if (level > this.budget.depth) throw exhausted('depth', this.budget.depth);
    this.spend((Array.isArray(content) ? content.length : content.size) / ELEMENTS_PER_STEP);
    let weight = 1;
    // A namespace can change, and with it what contains it.
    let isFixed = value.type !== 'NamespaceValue';
    for (const [key, element] of content.entries()) {
      const inner = this.#weigh(element, level + 1);
      weight = this.#bounded(weight + inner.weight + (typeof key === 'string' ? key.length : 0));
      isFixed &&= inner.isFixed;
    }
    if (isFixed) this.#weights.set(value, weight);
    return { weight, isFixed };
  }

  #bounded(weight: number): number {
    if (weight > this.budget.outputLength) throw exhausted('outputLength', this.budget.outputLength);
    return weight;
  }
}

/** The error of a budget that is used up: `RESOURCE_LIMIT`. */
export function exhausted(limit: keyof ChatTemplateBudget, value: number): TokenizerError {
  return new TokenizerError('RESOURCE_LIMIT', `a chat template must stay within budget.${limit} (${value})`, {
    hint: `It is probably faulty or hostile; if not, raise budget.${limit}.`,
  });
}

export function isChatTemplateValue(value: unknown): value is ChatTemplateValue {
  return (
    typeof value === 'object' &&
    value !== null &&
    'value' in value &&
    'type' in value &&
    typeof value.type === 'string' &&
    value.type.endsWith('Value')
  );
}
