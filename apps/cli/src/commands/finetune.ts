import { Command } from 'commander';
import { examples } from './examples.ts';

/** Flags and help of `cloze finetune`. */
export function finetuneCommand(): Command {
  return new Command('finetune')
    .summary('teach a model a task from labelled data')
    .description(
      'Fine-tunes a model for a task, whole or with a method that trains little. Data is TSV, CSV, JSON Lines or Parquet with the columns of the task;\n' +
        'what is wrong with it is told, with file and line, before training begins.',
    )
    .option('--model <folder>', 'the model to begin with: a model folder, or the folder of a run')
    .option(
      '--task <name>',
      'classification, pair, regression, tagging, question-answering, multiple-choice, language-modeling or text-to-text',
    )
    .option('--data <file>', 'what to learn from; columns are text, label (and pair); question, context, answer; ...')
    .option(
      '--columns <names>',
      'where the first line names no columns: all in order, as text,label; or text=review,label=2',
    )
    .option('--validation <file>', 'rows that are not trained on (default: a part of --data)')
    .option(
      '--validation-fraction <share>',
      'the share of --data that is not trained on, without --validation (default: 0.1)',
    )
    .option('--out <folder>', 'where the result goes (default: runs/MODEL-TASK)')
    .option('--config <file>', 'a YAML file with any of these settings, as "learning-rate: 3e-4"')
    .optionsGroup('Training:')
    .option(
      '--method <name>',
      'what is trained: full, head, bitfit, lora, dora, ia3, adapter, houlsby, prefix, prompt or p-tuning (default: full)',
    )
    .option('--schedule <name>', 'when: full, frozen, head-first, layer-decay or gradual-unfreezing (default: full)')
    .option('--epochs <count>', 'passes over the data (default: 3)')
    .option('--batch-size <count>', 'rows per optimizer step (default: 16)')
    .option('--max-length <tokens>', "longest row in tokens (default: the model's positions, at most 512)")
    .option('--learning-rate <rate>', 'highest learning rate of AdamW (default: by method and size of the model)')
    .option('--weight-decay <rate>', 'decay of matrices and embeddings (default: 0.01)')
    .option('--dropout <rate>', "share of activations dropped (default: the model's own)")
    .option(
      '--pooling <name>',
      'what bert and gpt classify: one token, [CLS] or the last, or the mean of all: token or mean',
    )
    .option('--patience <count>', 'stop after so many epochs without a lower validation loss, and keep the best')
    .option('--seed <number>', 'two runs with one seed are equal, bit for bit (default: 1)')
    .optionsGroup('Watching and stopping:')
    .option('--checkpoint-every <steps>', 'steps between checkpoints (default: 500)')
    .option('--resume', 'go on from the last checkpoint in --out, with its settings')
    .option('--fallback', 'with --resume: if the last checkpoint is damaged, take the one before')
    .optionsGroup('Running:')
    .option('--engine <name>', 'onnxruntime (compiled) or tfjs (plain, slow) (default: onnxruntime)')
    .option('--threads <count>', 'threads of the engine (default: all cores)')
    .option('--json', 'one JSON object per event on stdout')
    .addHelpText(
      'after',
      examples(
        [
          'cloze finetune --model runs/bert-tiny --task classification --data train.tsv --columns text,label',
          'all of a model, on a table whose first line names no columns',
        ],
        [
          'cloze finetune --model runs/gpt-nano --task classification --data train.csv --method lora --out runs/mood',
          'a small adapter; the model stays as it is',
        ],
        [
          'cloze finetune --model bert --task question-answering --data squad.jsonl --schedule gradual-unfreezing',
          'from the head downwards, a layer more in each epoch',
        ],
        ['cloze finetune --resume --out runs/mood', 'go on after Ctrl-C, to the same result as without it'],
      ),
    )
    .action(async (_flags, command: Command) => {
      const { finetune } = await import('../actions/finetune.ts');
      await finetune(command);
    });
}
