import { Command } from 'commander';
import { examples } from './examples.ts';

/** Flags and help of `cloze info`. */
export function infoCommand(): Command {
  return new Command('info')
    .summary('what is in a model folder')
    .description(
      'Tells what a model folder holds: family, sizes, parameters, tokenizer, checkpoints. Reads headers only.',
    )
    .argument('<folder>', 'a model folder, or the folder of a run')
    .option('--adapter <folder>', 'also tell what is in an adapter for the model')
    .option('--tensors', 'list every tensor')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples(['cloze info runs/gpt-nano', 'family, parameters, tokenizer, checkpoints']))
    .action(async (folder: string, _flags, command: Command) => {
      const { info } = await import('../actions/info.ts');
      await info(folder, command);
    });
}

/** Flags and help of `cloze check`. */
export function checkCommand(): Command {
  return new Command('check')
    .summary('is this file or folder sound')
    .description(
      'Checks model folders, checkpoints, tokenizers, safetensors and data files in full, without building a model. The exit status is that of\n' +
        'the first unsound path: 3 for a bad file, 6 for a bad checkpoint.',
    )
    .argument('[paths...]', 'files and folders')
    .option('--stdin-list', 'read one path per line from stdin and write one JSON verdict per line')
    .option('--json', 'one JSON verdict per path')
    .addHelpText('after', examples(['cloze check runs/gpt-nano model.safetensors', 'one verdict per path']))
    .action(async (paths: string[], _flags, command: Command) => {
      const { check } = await import('../actions/check.ts');
      await check(paths, command);
    });
}

/** Flags and help of `cloze checkpoint` and its subcommands. */
export function checkpointCommand(): Command {
  return new Command('checkpoint')
    .summary('list and compare the checkpoints of a run')
    .description('Looks into the checkpoints of a run.')
    .addCommand(
      new Command('list')
        .summary('each checkpoint: complete, incomplete or corrupt')
        .description('Lists the checkpoints of a run. Each file is compared with the sha256 that was written with it.')
        .argument('<folder>', 'the folder of a run')
        .option('--json', 'one JSON object per checkpoint')
        .addHelpText('after', examples(['cloze checkpoint list runs/gpt-nano', 'one line per checkpoint']))
        .action(async (folder: string, _flags, command: Command) => {
          const { listRun } = await import('../actions/checkpoint.ts');
          await listRun(folder, command);
        }),
    )
    .addCommand(
      new Command('digest')
        .summary('sha256 of everything that makes up the state of a run')
        .description(
          'Prints the sha256 of each tensor, optimizer slot, the random key and the data cursor, and one over all: equal runs, equal digests.',
        )
        .argument('<folder>', 'a checkpoint, or the folder of a run (its last checkpoint)')
        .option('--json', 'one JSON object')
        .addHelpText(
          'after',
          examples(['cloze checkpoint digest runs/gpt-nano', 'compare two runs by their last line']),
        )
        .action(async (folder: string, _flags, command: Command) => {
          const { digestRun } = await import('../actions/checkpoint.ts');
          await digestRun(folder, command);
        }),
    );
}

/** Flags and help of `cloze doctor`. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .summary('what can this machine do')
    .description('Tells which engines run here, and with what: Node.js, cores, memory, limits.')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples(['cloze doctor', 'is the fast engine there?']))
    .action(async (_flags, command: Command) => {
      const { doctor } = await import('../actions/doctor.ts');
      await doctor(command);
    });
}
