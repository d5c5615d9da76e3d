import { Command } from 'commander';
import { examples } from './examples.ts';

/** Flags and help of `cloze forward`. */
export function forwardCommand(): Command {
  return new Command('forward')
    .summary('run a model on given tensors')
    .description(
      'Runs a model folder on the tensors input.NAME of a safetensors file and writes output.NAME: logits, every hidden state and, with\n' +
        'labels, the loss. The bridge to any other implementation.',
    )
    .argument('<folder>', 'a model folder')
    .requiredOption(
      '--inputs <file>',
      'a safetensors file with input.input_ids and, as the model takes them, further inputs',
    )
    .requiredOption('--output <file>', 'the safetensors file to write')
    .option('--gradients', 'also write grad.PARAMETER of the loss, under the names of the checkpoint')
    .option('--adapter <folder>', 'an adapter on the model; gradients are then of the adapter')
    .option('--engine <name>', 'onnxruntime (compiled) or tfjs (plain) (default: onnxruntime)')
    .option('--threads <count>', 'threads of the engine (default: all cores)')
    .option('--json', 'one JSON object at the end')
    .addHelpText(
      'after',
      examples([
        'cloze forward gpt2 --inputs io.safetensors --output out.safetensors --gradients',
        'compare with Python tensor by tensor',
      ]),
    )
    .action(async (folder: string, _flags, command: Command) => {
      const { forward } = await import('../actions/forward.ts');
      await forward(folder, command);
    });
}
