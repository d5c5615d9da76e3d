import { BudgetMeter, type ChatTemplateBudget, DEFAULT_CHAT_BUDGET, exhausted } from './chat-budget.ts';
import { createChatInterpreter, type Jinja, type Node, type Scope } from './chat-interpreter.ts';
import { shown, TokenizerError } from './errors.ts';
import type { TokenizerConfig } from './files/tokenizer-config.ts';

/** What a template can be given. */
export type ChatValue =
  null | boolean | number | string | readonly ChatValue[] | { readonly [name: string]: ChatValue | undefined };

/** How to read a chat template. */
export interface ChatTemplateOptions {
  readonly budget?: Partial<ChatTemplateBudget>;
  /** Variables that every rendering has, such as `bos_token`. Default none. */
  readonly variables?: { readonly [name: string]: ChatValue | undefined };
  /** The clock of `strftime_now`, in UTC. Default the time of rendering. */
  readonly now?: Date;
}

/** Longer ones take quadratic time in the library that reads templates. */
const LONG_WHITE_SPACE = /\s{1000}/;

/**
 * A chat template: Jinja source that makes one text of messages. Runs under a budget, so that a template from a stranger can neither hang nor exhaust
 * the memory. Needs the package `@huggingface/jinja`, an optional peer, which is loaded when the first template is read.
 *
 * @example
 * const template = await ChatTemplate.fromConfig(readTokenizerConfig(await readFile('tokenizer_config.json')));
 * template.render({ messages: [{ role: 'user', content: 'Hello' }], add_generation_prompt: true });
 */
export class ChatTemplate {
  readonly source: string;
  readonly #jinja: Jinja;
  readonly #options: ChatTemplateOptions;
  readonly #budget: ChatTemplateBudget;
  readonly #program: Node;

  private constructor(source: string, jinja: Jinja, options: ChatTemplateOptions) {
    this.source = source;
    this.#jinja = jinja;
    this.#options = options;
    this.#budget = { ...DEFAULT_CHAT_BUDGET, ...options.budget };
    const { templateLength } = this.#budget;
    if (source.length > templateLength) throw exhausted('templateLength', templateLength);
    if (LONG_WHITE_SPACE.test(source)) {
      throw new TokenizerError('CHAT_TEMPLATE', 'white space must not be longer than 999 characters');
    }
    this.#program = typed(() => jinja.parse(jinja.tokenize(source, { lstrip_blocks: true, trim_blocks: true })));
  }

  /**
   * @throws {TokenizerError} `CHAT_TEMPLATE` when the source is no template; `RESOURCE_LIMIT`; `USAGE` when `@huggingface/jinja` is not installed.
   */
  static async read(source: string, options: ChatTemplateOptions = {}): Promise<ChatTemplate> {
    return new ChatTemplate(source, await loadJinja(), options);
  }

  /**
   * Reads a template of a `tokenizer_config.json`; its special tokens become variables.
   *
   * @param options `name`: which template. Default `default`.
   * @throws {TokenizerError} `USAGE` when there is none of that name; what `read` throws.
   */
  static async fromConfig(
    config: TokenizerConfig,
    { name = 'default', ...options }: ChatTemplateOptions & { readonly name?: string } = {},
  ): Promise<ChatTemplate> {
    const source = config.chatTemplates.get(name);
    if (source === undefined) {
      throw new TokenizerError('USAGE', `the tokenizer must have a chat template ${shown(name)}`, {
        hint: `It has ${config.chatTemplates.size === 0 ? 'none' : [...config.chatTemplates.keys()].map(shown).join(', ')}.`,
      });
    }
    const tokens = {
      bos_token: config.beginToken,
      eos_token: config.endToken,
      unk_token: config.unknownToken,
      sep_token: config.separatorToken,
      pad_token: config.paddingToken,
      cls_token: config.classifierToken,
      mask_token: config.maskToken,
    };
    return ChatTemplate.read(source, { ...options, variables: { ...tokens, ...options.variables } });
  }

  /**
   * @param variables Usually `messages` and `add_generation_prompt`; `tools`, `documents` and whatever else the template reads.
   * @throws {TokenizerError} `CHAT_TEMPLATE` when the template fails or calls `raise_exception`; `RESOURCE_LIMIT` when its budget is used up.
   */
  render(variables: { readonly [name: string]: ChatValue | undefined }): string {
    return typed(() => {
      const scope = new this.#jinja.Environment();
      this.#declareGlobals(scope);
      const all = { ...this.#options.variables, ...variables };
      for (const [name, value] of Object.entries(all)) if (value !== undefined) scope.set(name, value);
      const { value } = createChatInterpreter(this.#jinja, scope, new BudgetMeter(this.#budget)).run(this.#program);
      if (typeof value === 'string') return value;
      throw new Error('a template must render text');
    });
  }

  #declareGlobals(scope: Scope): void {
    for (const [name, value] of [
      ['true', true],
      ['false', false],
      ['none', null],
      ['True', true],
      ['False', false],
      ['None', null],
    ] as const) {
      scope.set(name, value);
    }
    scope.set('raise_exception', (message: unknown) => {
      throw new TokenizerError('CHAT_TEMPLATE', `the template refuses this: ${shown(message)}`);
    });
    scope.set('range', (...bounds: readonly unknown[]) => boundedRange(bounds, this.#budget.rangeSize));
    scope.set('strftime_now', (format: unknown) => formatTime(this.#options.now ?? new Date(), String(format)));
  }
}

async function loadJinja(): Promise<Jinja> {
  try {
    const library: unknown = await import('@huggingface/jinja');
    if (isJinja(library)) return library;
    throw new Error('Interpreter is missing.');
  } catch (cause) {
    throw new TokenizerError('USAGE', 'chat templates need the package @huggingface/jinja', {
      hint: 'Install it beside @cloze/tokenizer, version 0.5.11 or later.',
      cause,
    });
  }
}

function isJinja(library: unknown): library is Jinja {
  const names = ['tokenize', 'parse', 'Environment', 'Interpreter'];
  return typeof library === 'object' && library !== null && names.every((name) => name in library);
}

/** What the library throws, as errors of this package. */
function typed<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof TokenizerError) throw cause;
    if (cause instanceof RangeError) {
      throw new TokenizerError('RESOURCE_LIMIT', 'a chat template must not be nested so deeply or make so much', {
        cause,
      });
    }
    const why = reasonOf(cause);
    throw new TokenizerError('CHAT_TEMPLATE', `the template must be one that can be rendered: ${why}`, {
      cause,
    });
  }
}

/** In the words of the library, except where it stumbled itself. */
function reasonOf(cause: unknown): string {
  if (cause instanceof TypeError) return 'it is not complete';
  if (!(cause instanceof Error) || cause.message === '') return 'break or continue outside of a loop';
  return cause.message.slice(0, 200).replace(/\.$/, '');
}

/** Python's `range`. */
function boundedRange(bounds: readonly unknown[], rangeSize: number): number[] {
  const numbers = bounds.filter((bound) => typeof bound === 'number');
  const [start = 0, stop = 0, step = 1] = numbers.length === 1 ? [0, ...numbers] : numbers;
  if (numbers.length === 0 || numbers.length !== bounds.length || !numbers.every(Number.isInteger) || step === 0) {
    throw new TokenizerError('CHAT_TEMPLATE', 'range must be given one to three whole numbers, the third not 0');
  }
  const size = Math.max(0, Math.ceil((stop - start) / step));
  if (size > rangeSize) throw exhausted('rangeSize', rangeSize);
  return Array.from({ length: size }, (_, index) => start + index * step);
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** The part of C's `strftime` that templates use: `%d %b %Y` and the like. */
function formatTime(time: Date, format: string): string {
  const month = MONTHS[time.getUTCMonth()] ?? '';
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  const fields = new Map([
    ['%Y', String(time.getUTCFullYear())],
    ['%m', twoDigits(time.getUTCMonth() + 1)],
    ['%d', twoDigits(time.getUTCDate())],
    ['%B', month],
    ['%b', month.slice(0, 3)],
    ['%H', twoDigits(time.getUTCHours())],
    ['%M', twoDigits(time.getUTCMinutes())],
    ['%S', twoDigits(time.getUTCSeconds())],
    ['%%', '%'],
  ]);
  return format.replace(/%[A-Za-z%]/g, (field) => fields.get(field) ?? field);
}
