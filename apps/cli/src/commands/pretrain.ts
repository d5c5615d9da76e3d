import { Command } from 'commander';
import { examples } from './examples.ts';

/** Flags and help of `cloze pretrain`. */
export function pretrainCommand(): Command {
  return new Command('pretrain')
    .summary('train a tokenizer and a model from nothing')
    .description(
      'Trains a tokenizer and a language model on text, from nothing, as the authors of its family do. Without --data it learns from the documentation comments of\n' +
        "TypeScript's own library files: a megabyte of English that is already on your disk. Losses are in nats per token.",
    )
    .option('--family <name>', 'elmo, bert, gpt, bart, t5 or glm, each with its own objective (default: gpt)')
    .option('--preset <name>', 'model size: tiny (nano for gpt), mini, small, ... (default: the smallest)')
    .option('--data <files...>', 'text files, UTF-8 (default: the documentation comments)')
    .option('--out <folder>', 'where model and checkpoints go (default: runs/FAMILY-PRESET)')
    .option(
      '--tokenizer <kind>',
      "trained on the data: bpe, characters, wordpiece, unigram, word-level; or a folder (default: the family's own kind)",
    )
    .option('--vocab-size <count>', 'size of a trained vocabulary (default: 2048; elmo 8192)')
    .option('--config <file>', 'a YAML file with any of these settings, as "learning-rate: 3e-4"')
    .optionsGroup('Training:')
    .option('--steps <count>', 'optimizer steps (default: 2000)')
    .option('--batch-size <count>', 'sequences per batch (default: 12)')
    .option(
      '--sequence-length <tokens>',
      "tokens per sequence (default: the preset's positions, at most 256; bert 64, t5 128, elmo 20)",
    )
    .option('--gradient-accumulation <count>', 'batches per optimizer step (default: 1)')
    .option('--learning-rate <rate>', 'highest learning rate of AdamW (default: 0.001)')
    .option('--min-learning-rate <rate>', 'where the cosine ends (default: a tenth of --learning-rate)')
    .option('--warmup-steps <count>', 'steps until the highest learning rate (default: 100)')
    .option('--weight-decay <rate>', 'decay of matrices and embeddings (default: 0.1)')
    .option('--beta1 <rate>', 'decay of the first moment (default: 0.9)')
    .option('--beta2 <rate>', 'decay of the second moment (default: 0.99)')
    .option('--clip <norm>', 'largest global norm of the gradients; 0 = never clip (default: 1)')
    .option('--dropout <rate>', 'share of activations dropped (default: 0)')
    .option('--seed <number>', 'two runs with one seed are equal, bit for bit (default: 1)')
    .optionsGroup('Watching and stopping:')
    .option('--validation-fraction <share>', 'share at the end of the data that is not trained on (default: 0.1)')
    .option('--evaluate-every <steps>', 'steps between validations (default: 250)')
    .option('--checkpoint-every <steps>', 'steps between checkpoints (default: 500)')
    .option('--stop-after <steps>', 'stop after so many steps of this call; the schedule is that of --steps')
    .option('--resume', 'go on from the last checkpoint in --out, with its settings')
    .option('--fallback', 'with --resume: if the last checkpoint is damaged, take the one before')
    .optionsGroup('Running:')
    .option('--engine <name>', 'onnxruntime (compiled) or tfjs (plain, slow) (default: onnxruntime)')
    .option('--threads <count>', 'threads of the engine (default: all cores)')
    .option('--deterministic', 'refuse engines that cannot repeat a run exactly; both that exist can')
    .option('--json', 'one JSON object per event on stdout')
    .addHelpText(
      'after',
      examples(
        ['cloze pretrain', 'a small GPT on the documentation comments, in about two minutes on two cores'],
        ['cloze pretrain --data book.txt --out runs/book', 'the same on your own text'],
        [
          'cloze pretrain --tokenizer characters --data shakespeare.txt --steps 2000',
          'one token per character, as nanoGPT has it',
        ],
        ['cloze pretrain --resume --out runs/book', 'go on after Ctrl-C, to the same result as without it'],
        ['cloze pretrain --config run.yaml --seed 2', 'settings from a file; flags win'],
      ),
    )
    .action(async (_flags, command: Command) => {
      const { pretrain } = await import('../actions/pretrain.ts');
      await pretrain(command);
    });
}
