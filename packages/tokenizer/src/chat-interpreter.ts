import { type BudgetMeter, type ChatTemplateValue, exhausted, isChatTemplateValue } from './chat-budget.ts';

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
  run(program: Node): ChatTemplateValue;
  evaluate(statement: Node | undefined, scope: Scope): ChatTemplateValue;
}

/** A part of a parsed template. */
export interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What an operand and its arguments may make together, in UTF-16 units, before it is weighed: `replace`, `join`, `indent`. */
const LARGEST_PRODUCT = 1 << 26;

/** Steps for each element of what a loop goes through; elements or units that are looked at otherwise in a step. */
const STEPS_PER_ITERATION = 8;
const UNITS_PER_STEP = 64;

/**
 * An interpreter of Jinja that stops when a template has used up its budget.
 *
 * Every expression and block goes through `evaluate`. What it returns is weighed, so that nothing can be written that is much larger than the budget;
 * operands that make more together than each of them is, such as those of `replace`, are weighed before.
 */
export function createChatInterpreter(jinja: Jinja, scope: Scope, meter: BudgetMeter): Interpreter {
  const { budget } = meter;

  class ChatInterpreter extends jinja.Interpreter {
    readonly #iterated = new WeakSet();
    readonly #called = new WeakSet();
    #depth = 0;

    override evaluate(node: Node | undefined, scope: Scope): ChatTemplateValue {
      if (node?.type === 'Constant' && isChatTemplateValue(node['value'])) return node['value'];
      if (++this.#depth > budget.depth) throw exhausted('depth', budget.depth);
      meter.spend(1);
      try {
        const value: unknown = super.evaluate(node && this.#prepared(node, scope), scope);
        // The library returns nothing for the first element of an empty list.
        if (!isChatTemplateValue(value)) throw new Error('there is no such element');
        if (node !== undefined) this.#check(node, value);
        return value;
      } finally {
        this.#depth--;
      }
    }

    /** The same part, with operand and arguments evaluated where they have to be weighed. */
    #prepared(node: Node, scope: Scope): Node {
      const { type, filter, callee, iterable } = node;
      if (type === 'For' && isNode(iterable)) {
        this.#iterated.add(iterable);
        if (isNode(iterable['lhs'])) this.#iterated.add(iterable['lhs']);
      } else if (type === 'FilterExpression' && isNode(filter) && filter.type === 'CallExpression') {
        const operand = this.#constant(node['operand'], scope);
        const weight = meter.weigh(operand['value']);
        return { ...node, operand, filter: this.#withArguments(filter, weight, scope) };
      } else if (type === 'FilterStatement' && isNode(filter) && filter.type === 'CallExpression') {
        return { ...node, filter: this.#withArguments(filter, budget.outputLength, scope) };
      } else if (type === 'CallExpression' && isNode(callee) && callee.type === 'MemberExpression') {
        const object = this.#constant(callee['object'], scope);
        const method = { ...callee, object };
        this.#called.add(method);
        return this.#withArguments({ ...node, callee: method }, meter.weigh(object['value']), scope);
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
        total += this.#magnitude(constant['value']);
        // Some filters insist on literals.
        if (argument.type === 'StringLiteral') return argument;
        return inner === undefined ? constant : { ...argument, [inner]: constant };
      });
      if (operandWeight * total > LARGEST_PRODUCT) throw exhausted('outputLength', budget.outputLength);
      return { ...call, args };
    }

    #magnitude(value: unknown): number {
      const content = isChatTemplateValue(value) ? value.value : undefined;
      return typeof content === 'number' ? Math.abs(content) : meter.weigh(value);
    }

    #check(node: Node, value: ChatTemplateValue): void {
      if (value.type === 'FunctionValue' && node.type !== 'Identifier' && !this.#called.has(node)) {
        throw new Error('a method must be called where it is named');
      }
      const size = sizeOf(value.value);
      meter.spend(this.#iterated.has(node) ? STEPS_PER_ITERATION * size : size / UNITS_PER_STEP);
      meter.weigh(value);
    }
  }

  return new ChatInterpreter(scope);
}

function sizeOf(content: unknown): number {
  if (typeof content === 'string' || Array.isArray(content)) return content.length;
  return content instanceof Map ? content.size : 0;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
