import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { pretrainSettings } from '../pretrain/settings.ts';
import { promptSettings } from '../prompt/settings.ts';
import { answerSettings } from '../actions/answer.ts';
import { classifySettings } from '../actions/classify.ts';
import { embedSettings } from '../actions/embed.ts';
import { evaluateSettings } from '../actions/evaluate.ts';
import { fillSettings } from '../actions/fill.ts';
import { finetuneSettings } from '../finetune/settings.ts';
import { generateSettings } from '../actions/generate.ts';
import { createProgram } from '../program.ts';
import { answerCommand } from './answer.ts';
import { classifyCommand } from './classify.ts';
import { embedCommand } from './embed.ts';
import { evaluateCommand } from './evaluate.ts';
import { fillCommand } from './fill.ts';
import { finetuneCommand } from './finetune.ts';
import { generateCommand } from './generate.ts';
import { pretrainCommand } from './pretrain.ts';
import { promptCommand } from './prompt.ts';

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

/** What is imported, directly or not, when a file is loaded; files by path, packages by name. */
function staticImports(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\b(?! type)[^;]*? from '([^']+)';$/gm,
  )) {
    if (specifier.startsWith('.')) staticImports(resolve(dirname(file), specifier), seen);
    else seen.add(specifier);
  }
  return seen;
}

describe('help', () => {
  it('loads no package but the reader of arguments', () => {
    const packages = [...staticImports(join(import.meta.dirname, '..', 'main.ts'))].filter(
      (name) => !name.startsWith('/'),
    );
    expect(packages.toSorted()).toEqual(['commander', 'node:fs', 'node:util']);
  });

  it.each(allCommands(createProgram()).map((command) => [command.name(), command] as const))(
    'of %s has a summary and fits',
    (_, command) => {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) });
      command.outputHelp();
      expect(command.description()).toMatch(/\.$/);
      for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(140);
      if (command.commands.length === 0) expect(help).toContain('Examples:');
    },
  );

  it.each([
    ['pretrain', pretrainCommand(), pretrainSettings],
    ['generate', generateCommand(), generateSettings],
    ['fill', fillCommand(), fillSettings],
    ['prompt', promptCommand(), promptSettings],
    ['finetune', finetuneCommand(), finetuneSettings],
    ['classify', classifyCommand(), classifySettings],
    ['answer', answerCommand(), answerSettings],
    ['embed', embedCommand(), embedSettings],
    ['evaluate', evaluateCommand(), evaluateSettings],
  ] as const)('of %s tells the defaults that hold', (_, command, schema) => {
    const required = Object.entries<z.ZodType>(schema.shape).flatMap(([name, type]) =>
      type.safeParse(undefined).success ? [] : [[name, 'required'] as const],
    );
    const defaults: Record<string, unknown> = schema.parse(Object.fromEntries(required));
    const options = command.options.filter((option) => option.attributeName() !== 'config');
    expect(options.map((option) => option.attributeName()).toSorted()).toEqual(Object.keys(schema.shape).toSorted());
    for (const option of options) {
      const value = defaults[option.attributeName()];
      if (value === 'required') continue;
      const told = /\(default: ([^)]*)\)$/.exec(option.description)?.[1];
      if (typeof value === 'number' || typeof value === 'string') expect(told, option.flags).toBe(String(value));
      // Absent settings depend on others or on the machine, which the text explains; switches are off.
      else if (value !== undefined && value !== false) expect(value, option.flags).toEqual([]);
    }
  });
});
