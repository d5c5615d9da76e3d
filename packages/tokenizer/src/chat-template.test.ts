import { describe, expect, it } from 'vitest';
import { ChatTemplate, type ChatTemplateOptions } from './chat-template.ts';
import { TokenizerError } from './errors.ts';
import { readTokenizerConfig } from './files/tokenizer-config.ts';
import { Draw, mutateBytes } from './fixtures/mutate.ts';

/** ChatML with a default system message, as Qwen has it. */
const CHATML = `{%- if messages[0].role != 'system' -%}
    {{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}
{%- endif -%}
{%- for message in messages -%}
    {{- '<|im_start|>' + message.role + '\\n' + message.content | trim + '<|im_end|>' + '\\n' }}
    {%- if not loop.last and messages[loop.index0 + 1].role == message.role -%}{{ raise_exception('Roles must alternate') }}{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' }}{%- endif -%}`;

/** Macros, namespaces, filters with arguments, tool definitions: what larger templates use. */
const TOOLS = `{%- macro render(item, indent=2) -%}{{ item | tojson(indent=indent) }}{%- endmacro -%}
{%- set ns = namespace(count=0, last='') -%}
{{- bos_token }}
{%- for tool in tools or [] %}{{ render(tool) }}{% set ns.count = ns.count + 1 %}{% endfor -%}
[{{ ns.count }} tools, {{ strftime_now('%d %b %Y') }}]
{%- for m in messages | selectattr('role', 'equalto', 'user') -%}
  {%- set parts = m.content.split('</think>') -%}
  {%- set ns.last = parts[-1].replace('\\n', ' ').strip() -%}
  {{ '\\n' ~ loop.index ~ ': ' ~ ns.last | replace('a', 'A') | indent(2) }}
{%- endfor %}
{% for i in range(3) %}{{ i }}{{ ',' if not loop.last }}{% endfor %}`;

const messages = [
  { role: 'user', content: ' Hi there ' },
  { role: 'assistant', content: 'Hello.' },
  { role: 'user', content: '<think>no</think>\nWhat is a fox?' },
];

async function render(source: string, variables = {}, options: ChatTemplateOptions = {}): Promise<string> {
  return (await ChatTemplate.read(source, options)).render(variables);
}

/** The message of the typed error that this ends with, or what it rendered. */
async function outcome(source: string, variables = {}, options: ChatTemplateOptions = {}): Promise<string> {
  try {
    return await render(source, variables, options);
  } catch (error) {
    return error instanceof TokenizerError ? error.message : `no typed error: ${String(error)}`;
  }
}

describe('ChatTemplate', () => {
  it('renders conversations', async () => {
    expect(await render(CHATML, { messages, add_generation_prompt: true })).toBe(
      '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nHi there<|im_end|>\n<|im_start|>assistant\nHello.<|im_end|>\n<|im_start|>user\n<think>no</think>\nWhat is a fox?<|im_end|>\n<|im_start|>assistant\n',
    );
  });

  it('has macros, namespaces, filters and the clock it is given', async () => {
    const tools = [{ name: 'look', parameters: {} }];
    const now = new Date('2026-03-09T12:00:00Z');
    expect(await render(TOOLS, { messages, tools }, { now, variables: { bos_token: '<s>' } })).toBe(
      '<s>{\n  "name": "look",\n  "parameters": {}\n}[1 tools, 09 Mar 2026]\n1: Hi there\n2: WhAt is A fox?0,1,2',
    );
  });

  it('comes from a tokenizer_config.json with its special tokens', async () => {
    const config = readTokenizerConfig(
      JSON.stringify({
        bos_token: '<s>',
        eos_token: { content: '</s>' },
        chat_template: [
          { name: 'default', template: '{{ bos_token }}{{ messages[0].content }}{{ eos_token }}' },
          { name: 'tool_use', template: 'tools' },
        ],
      }),
    );
    expect((await ChatTemplate.fromConfig(config)).render({ messages })).toBe('<s> Hi there </s>');
    expect((await ChatTemplate.fromConfig(config, { name: 'tool_use' })).render({})).toBe('tools');
    await expect(ChatTemplate.fromConfig(config, { name: 'rag' })).rejects.toThrow(
      'USAGE: the tokenizer must have a chat template "rag". It has "default", "tool_use".',
    );
    await expect(ChatTemplate.fromConfig(readTokenizerConfig('{}'))).rejects.toThrow('It has none.');
  });

  it.each([
    ['{{ raise_exception("no system role") }}', 'CHAT_TEMPLATE: the template refuses this: "no system role".'],
    ['{{ 1 +', 'CHAT_TEMPLATE: the template must be one that can be rendered: it is not complete.'],
    ['{% for a in 3 %}{% endfor %}', 'Expected iterable or object type in for loop: got IntegerValue.'],
    [
      '{% break %}',
      'CHAT_TEMPLATE: the template must be one that can be rendered: break or continue outside of a loop.',
    ],
    ['{{ [] | first }}', 'there is no such element.'],
    ['{% set f = "a".replace %}', 'a method must be called where it is named.'],
    ['{{ range("a") }}', 'CHAT_TEMPLATE: range must be given one to three whole numbers, the third not 0.'],
    [`{{ 1 }}${' '.repeat(1000)}`, 'CHAT_TEMPLATE: white space must not be longer than 999 characters.'],
  ])('says what is wrong with %s', async (source, message) => {
    expect(await outcome(source)).toContain(message);
  });
});

describe('the budget of chat templates', () => {
  const loop = (count: number): string => `{% for i in range(${count}) %}`;
  const doubled = (expression: string): string =>
    `{% set ns = namespace(x=['a']) %}${loop(60)}{% set ns.x = ${expression} %}{% endfor %}`;

  it.each([
    ['nested loops', `${loop(9000)}${loop(9000)}x{% endfor %}{% endfor %}`, 'budget.steps'],
    ['loops without a body', `${loop(9000)}${loop(9000)}{% endfor %}{% endfor %}`, 'budget.steps'],
    ['a large range', '{{ range(500000000) }}', 'budget.rangeSize (10000)'],
    ['a range that grows by little', '{{ range(0, 9007199254740991, 1) }}', 'budget.rangeSize'],
    ['much output', `{% set x = 'a' * 1 %}${loop(9000)}{{ "${'a'.repeat(1000)}" }}{% endfor %}`, 'Unknown operator'],
    ['a long result', `${loop(9000)}${'a'.repeat(1000)}{% endfor %}`, 'budget.outputLength (1000000)'],
    [
      'text that doubles',
      `{% set ns = namespace(x='aa') %}${loop(60)}{% set ns.x = ns.x ~ ns.x %}{% endfor %}`,
      'budget.outputLength',
    ],
    ['lists that hold themselves twice', `${doubled('[ns.x, ns.x]')}{{ ns.x }}`, 'budget.outputLength'],
    ['lists that double', `${doubled('ns.x + ns.x')}{{ ns.x }}`, 'budget.outputLength'],
    ['a namespace that holds itself', '{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}', 'budget.depth'],
    [
      'namespaces that are filled after they were put into lists',
      `${Array.from({ length: 40 }, (_, k) => `{% set n${k} = namespace() %}{% set a${k} = [n${k}, n${k}] %}`).join('')}${Array.from({ length: 39 }, (_, k) => `{% set n${k + 1}.x = a${k} %}`).join('')}{{ n39 }}`,
      'budget.outputLength',
    ],
    ['many parentheses', `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`, 'RESOURCE_LIMIT'],
    ['many negations', `{{ ${'not '.repeat(20_000)}1 }}`, 'RESOURCE_LIMIT'],
    ['a long sum', `{{ 1${'+1'.repeat(20_000)} }}`, 'budget.depth (200)'],
    ['many blocks', `${'{% if 1 %}'.repeat(5000)}${'{% endif %}'.repeat(5000)}`, 'RESOURCE_LIMIT'],
    ['a macro that calls itself', '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}', 'budget.depth'],
    [
      'replacements that multiply',
      `{% set x = "${'a'.repeat(40_000)}" %}{{ x | replace('a', x) }}`,
      'budget.outputLength',
    ],
    ['methods that multiply', `{% set x = "${'a'.repeat(40_000)}" %}{{ x.replace('a', x) }}`, 'budget.outputLength'],
    ['separators that multiply', `{% set x = "${'a'.repeat(40_000)}" %}{{ x | join(x) }}`, 'budget.outputLength'],
    ['a wide indentation', '{{ "a\\nb" | indent(500000000) }}', 'budget.outputLength'],
    ['a wide JSON', '{{ {"a": [1]} | tojson(indent=500000000) }}', 'budget.outputLength'],
    ['a wide block', '{% filter indent(5000) %}a{% endfilter %}', 'budget.outputLength'],
    [
      'a long search',
      `{% set x = range(10000) %}${loop(9000)}{{ 1 in x }}${'{% if 10001 in x %}{% endif %}'.repeat(20)}{% endfor %}`,
      'budget.steps',
    ],
    ['a long source', 'a'.repeat(100_001), 'budget.templateLength (100000)'],
    ['what is no property', '{{ "".constructor.constructor("return process")() }}', 'CHAT_TEMPLATE'],
    ['what is no prototype', '{% set x = {} %}{{ x.__proto__.polluted }}', ''],
  ])('stops %s', async (_, source, expected) => {
    // It would be at it for ever; the time limit of the test ends it.
    expect(await outcome(source)).toContain(expected);
  });

  it('counts what is left by continue and break', async () => {
    const skipped =
      '{% for i in range(900) %}{% if i % 2 %}{% continue %}{% endif %}{% for j in range(9) %}{% break %}{% endfor %}{% endfor %}done';
    expect(await outcome(skipped)).toBe('done');
  });

  it('can be raised', async () => {
    expect(await outcome('{{ range(3)|length }}', {}, { budget: { rangeSize: 2 } })).toContain(
      'raise budget.rangeSize',
    );
    expect((await outcome(`${loop(20_000)}a{% endfor %}`, {}, { budget: { rangeSize: 20_000 } })).length).toBe(20_000);
  });

  it('is enough for a long conversation', async () => {
    const long = Array.from({ length: 600 }, (_, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: 'A sentence of a conversation. '.repeat(40),
    }));
    const text = await render(CHATML, { messages: long, add_generation_prompt: true });
    expect(text.length).toBeGreaterThan(700_000);
  });

  it('answers mutated templates with text or a typed error', async () => {
    const seed = Number(process.env['CLOZE_SEED'] ?? 20261125);
    const mutations = Number(process.env['CLOZE_MUTATIONS'] ?? 2000);
    console.info(`${mutations} mutations of chat templates: CLOZE_SEED=${seed}, CLOZE_MUTATIONS for more`);
    for (let index = 0; index < mutations; index++) {
      const draw = new Draw(seed + index);
      const mutant = new TextDecoder().decode(mutateBytes(Buffer.from(draw.one([CHATML, TOOLS])), draw));
      expect(await outcome(mutant, { messages, tools: [{ a: 1 }] })).not.toContain('no typed error');
    }
  }, 600_000);
});
