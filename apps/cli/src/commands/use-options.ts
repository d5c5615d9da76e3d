import type { Command } from 'commander';

/** The flags of all commands that use a fine-tuned model. */
export function withUseOptions(command: Command, { json }: { readonly json: string }): Command {
  return command
    .requiredOption('--model <folder>', 'a model folder, or the folder of a run')
    .option('--adapter <folder>', 'what cloze finetune made of that model with a method that trains little')
    .option('--max-length <tokens>', "longest text in tokens (default: the model's positions, at most 512)")
    .option('--batch-size <count>', 'texts that are read at once (default: 32)')
    .option('--engine <name>', 'onnxruntime (compiled) or tfjs (plain, slow) (default: onnxruntime)')
    .option('--threads <count>', 'threads of the engine (default: all cores)')
    .option('--json', json);
}
