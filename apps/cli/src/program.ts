import { readFileSync } from 'node:fs';
import { Command, type CommanderError } from 'commander';
import { answerCommand } from './commands/answer.ts';
import { classifyCommand } from './commands/classify.ts';
import { embedCommand } from './commands/embed.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { examples } from './commands/examples.ts';
import { fillCommand } from './commands/fill.ts';
import { finetuneCommand } from './commands/finetune.ts';
import { forwardCommand } from './commands/forward.ts';
import { generateCommand } from './commands/generate.ts';
import { checkCommand, checkpointCommand, doctorCommand, infoCommand } from './commands/inspect.ts';
import { labCommand } from './commands/lab.ts';
import { pretrainCommand } from './commands/pretrain.ts';
import { promptCommand } from './commands/prompt.ts';
import { tokenizerCommand } from './commands/tokenizer.ts';
import { UsageError } from './usage-error.ts';

/**
 * All commands with their flags and help. What a command does is imported when it runs, so that `--help` loads neither tfjs nor anything else.
 */
export function createProgram(): Command {
  const program = new Command('cloze')
    .description('Pre-trains, inspects and runs language models: TypeScript all the way, at native speed.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addCommand(pretrainCommand())
    .addCommand(finetuneCommand())
    .addCommand(generateCommand())
    .addCommand(fillCommand())
    .addCommand(promptCommand())
    .addCommand(classifyCommand())
    .addCommand(answerCommand())
    .addCommand(embedCommand())
    .addCommand(evaluateCommand())
    .addCommand(tokenizerCommand())
    .addCommand(labCommand())
    .addCommand(forwardCommand())
    .addCommand(infoCommand())
    .addCommand(checkCommand())
    .addCommand(checkpointCommand())
    .addCommand(doctorCommand())
    .addHelpText(
      'after',
      examples(
        ['cloze pretrain', 'train a small GPT on text that is already on your disk'],
        ['cloze generate --model runs/gpt-nano "Returns the"', 'let it write'],
        ['cloze pretrain --help', 'all flags of a command, with examples'],
      ) +
        '\n\nExit status: 0 done, 2 usage, 3 bad input file, 4 input/output, 5 not a number, 6 bad checkpoint, 7 limit, 70 bug, 130 Ctrl-C.',
    );
  for (const command of withSubcommands(program)) {
    command
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .showSuggestionAfterError();
    command.configureHelp({ sortSubcommands: false, helpWidth: Math.min(process.stdout.columns, 120) || 100 });
    if (command.commands.length > 0)
      command.allowExcessArguments().action(async () => {
        await showSubcommands(command);
      });
  }
  return program;
}

/** For a command that only groups others: which there are. */
async function showSubcommands(command: Command): Promise<void> {
  const [unknown] = command.args;
  if (unknown === undefined) {
    command.outputHelp();
    return;
  }
  const names = command.commands.map((subcommand) => subcommand.name());
  const { closest } = await import('@cloze/core');
  const meant = closest(unknown, names);
  throw new UsageError({
    message: `There is no command ${JSON.stringify(unknown)}.`,
    hint: meant === undefined ? `There are ${names.join(', ')}.` : `Did you mean ${meant}?`,
  });
}

/** What commander found wrong in the arguments, in our form. */
export function toUsageError(error: CommanderError): UsageError {
  const [what = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const sentence = what.charAt(0).toUpperCase() + what.slice(1);
  return new UsageError({
    message: /[.!?]$/.test(sentence) ? sentence : `${sentence}.`,
    hint: suggestion?.replace(/^\((.*)\)$/, '$1') ?? 'Run it with --help to see what it takes.',
    cause: error,
  });
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}
