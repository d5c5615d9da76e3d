import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { pretrainSettings } from '../pretrain/settings.ts';
import { fillSettings } from '../actions/fill.ts';
import { generateSettings } from '../actions/generate.ts';
import { createProgram } from '../program.ts';
import { fillCommand } from './fill.ts';
import { generateCommand } from './generate.ts';
import { pretrainCommand } from './pretrain.ts';

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
  ] as const)('of %s tells the defaults that hold', (_, command, schema) => {
    const defaults: Record<string, unknown> = schema.parse({ model: 'required' });
    const options = command.options.filter((option) => option.attributeName() !== 'config');
    expect(options.map((option) => option.attributeName()).toSorted()).toEqual(Object.keys(schema.shape).toSorted());
    for (const option of options) {
      const value = option.mandatory ? undefined : defaults[option.attributeName()];
      const told = /\(default: ([^)]*)\)$/.exec(option.description)?.[1];
      if (typeof value === 'number' || typeof value === 'string') expect(told, option.flags).toBe(String(value));
      // Absent settings depend on others or on the machine, which the text explains; switches are off.
      else if (value !== undefined && value !== false) expect(value, option.flags).toEqual([]);
    }
  });
});
