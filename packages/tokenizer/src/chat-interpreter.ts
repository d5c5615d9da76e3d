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

/** The part of `@huggingface/jinja` that is used here; the types that it brings do not resolve in modern projects. */
export interface Jinja {
  tokenize(source: string, options: { readonly lstrip_blocks: boolean; readonly trim_blocks: boolean }): unknown;
  parse(tokens: unknown): Node;
  readonly Environment: new () => Scope;
  readonly Interpreter: new (scope: Scope) => Interpreter;
}

/** The variables of a template. */
export interface Scope {
  set(name: string, value: unknown): unknown;
}

/** What evaluates a template. */
export interface Interpreter {
  run(program: Node): Value;
  evaluate(statement: Node | undefined, scope: Scope): Value;
}

/** A value of a running template: of a type that `type` names. */
interface Value {
  readonly type: string;
  readonly value: unknown;
}

/** A part of a parsed template. */
export interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What an operand and its arguments may make together, in UTF-16 units, before it is weighed: `replace`, `join`, `indent`. */
const LARGEST_PRODUCT = 1 << 26;

/** Steps for each element of what a loop goes through; a step for so many elements or units that are looked at otherwise. */
const STEPS_PER_ITERATION = 8;
const UNITS_PER_STEP = 64;

/**
 * An interpreter of Jinja that stops when a template has used up its budget.
 *
 * Every expression and block goes through `evaluate`. What it returns is weighed, with all that it contains, so that nothing can be written that is
 * much larger than the budget; operands whose product would be, such as those of `replace`, are weighed before.
 */
export function createChatInterpreter(jinja: Jinja, scope: Scope, budget: ChatTemplateBudget): Interpreter {
  const weights = new WeakMap<object, number>();
  const iterated = new WeakSet();
  const called = new WeakSet();
  let steps = 0;
  let depth = 0;

  const spend = (count: number): void => {
    steps += count;
    if (steps > budget.steps) throw exhausted('steps', budget.steps);
  };

  /** Units that the value would be written with, about. */
  const weigh = (value: unknown, level = 0): number => {
    if (!isValue(value)) return 1;
    const content: unknown = value.value;
    if (typeof content === 'string') return 1 + content.length;
    if (!Array.isArray(content) && !(content instanceof Map)) return 1;
    const known = weights.get(value);
    if (known !== undefined) return known;
    if (level > budget.depth) throw exhausted('depth', budget.depth);
    let weight = 1;
    for (const element of content.values()) weight += weigh(element, level + 1);
    if (content instanceof Map) for (const key of content.keys()) weight += String(key).length;
    // A namespace can change.
    if (value.type !== 'NamespaceValue') weights.set(value, weight);
    return weight;
  };

  class ChatInterpreter extends jinja.Interpreter {
    override evaluate(statement: Node | undefined, scope: Scope): Value {
      if (statement?.type === 'Constant' && isValue(statement['value'])) return statement['value'];
      if (++depth > budget.depth) throw exhausted('depth', budget.depth);
      spend(1);
      const value: Value | undefined = super.evaluate(statement && this.#prepared(statement, scope), scope);
      depth--;
      // The library returns nothing for the first element of an empty list.
      if (!isValue(value)) throw new Error('there is no such element');
      if (statement !== undefined) check(statement, value);
      return value;
    }

    /** The same part, with operand and arguments evaluated where they have to be weighed. */
    #prepared(node: Node, scope: Scope): Node {
      const { type, filter, callee, iterable } = node;
      if (type === 'For' && isNode(iterable)) {
        iterated.add(iterable);
        if (isNode(iterable['lhs'])) iterated.add(iterable['lhs']);
      } else if (type === 'FilterExpression' && isNode(filter) && filter.type === 'CallExpression') {
        const operand = this.#constant(node['operand'], scope);
        return { ...node, operand, filter: this.#withArguments(filter, weigh(operand['value']), scope) };
      } else if (type === 'FilterStatement' && isNode(filter) && filter.type === 'CallExpression') {
        return { ...node, filter: this.#withArguments(filter, budget.outputLength, scope) };
      } else if (type === 'CallExpression' && isNode(callee) && callee.type === 'MemberExpression') {
        const object = this.#constant(callee['object'], scope);
        const method = { ...callee, object };
        called.add(method);
        return this.#withArguments({ ...node, callee: method }, weigh(object['value']), scope);
      }
      return node;
    }

    #constant(node: unknown, scope: Scope): Node {
      return { type: 'Constant', value: this.evaluate(isNode(node) ? node : undefined, scope) };
    }

    #withArguments(call: Node, operandWeight: number, scope: Scope): Node {
      let total = 0;
      const args = (Array.isArray(call['args']) ? call['args'] : []).map((argument: unknown) => {
        if (!isNode(argument)) return argument;
        const inner = ['value', 'argument'].find((field) => isNode(argument[field]));
        const constant = this.#constant(inner === undefined ? argument : argument[inner], scope);
        total += magnitude(constant['value']);
        // Some filters insist on literals.
        if (argument.type.endsWith('Literal')) return argument;
        return inner === undefined ? constant : { ...argument, [inner]: constant };
      });
      if (operandWeight * total > LARGEST_PRODUCT) throw exhausted('outputLength', budget.outputLength);
      return { ...call, args };
    }
  }

  const magnitude = (value: unknown): number =>
    isValue(value) && typeof value.value === 'number' ? Math.abs(value.value) : weigh(value);

  const check = (node: Node, value: Value): void => {
    if (value.type === 'FunctionValue' && node.type !== 'Identifier' && !called.has(node)) {
      throw new Error('a method must be called where it is named');
    }
    const { value: content } = value;
    const size =
      typeof content === 'string' || Array.isArray(content)
        ? content.length
        : content instanceof Map
          ? content.size
          : 0;
    if (size === 0) return;
    spend(iterated.has(node) ? STEPS_PER_ITERATION * size : size / UNITS_PER_STEP);
    if (weigh(value) > budget.outputLength) throw exhausted('outputLength', budget.outputLength);
  };

  return new ChatInterpreter(scope);
}

/** @throws {TokenizerError} `RESOURCE_LIMIT` naming the limit. */
export function exhausted(limit: keyof ChatTemplateBudget, value: number): TokenizerError {
  return new TokenizerError('RESOURCE_LIMIT', `a chat template must stay within budget.${limit} (${value})`, {
    hint: `It is probably faulty or hostile; if not, raise budget.${limit}.`,
  });
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function isValue(value: unknown): value is Value {
  return isNode(value) && 'value' in value && value.type.endsWith('Value');
}
