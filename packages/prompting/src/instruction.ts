import { fillBlanks, type Prompt } from './prompt.ts';
import { template, type Template } from './template.ts';

/** An instruction and the text that it is about. */
export const INSTRUCTION_WITH_INPUT: Template<'instruction' | 'input'> =
  template(`Below is an instruction that describes a task, paired with an input that provides further context. \
Write a response that appropriately completes the request.

### Instruction:
{instruction}

### Input:
{input}

### Response:
___`);

/** An instruction alone. */
export const INSTRUCTION: Template<'instruction'> = template(`Below is an instruction that describes a task. \
Write a response that appropriately completes the request.

### Instruction:
{instruction}

### Response:
___`);

/** What is to be done. */
export interface InstructionValues {
  readonly instruction: string;
  /** Default: none. */
  readonly input?: string | undefined;
}

/**
 * An instruction as a prompt whose blank is the response, in the words of Stanford Alpaca: models that were tuned with these want these.
 *
 * @see Taori et al. 2023, <https://github.com/tatsu-lab/stanford_alpaca>, `train.py`.
 */
export function instructionPrompt({ instruction, input = '' }: InstructionValues): Prompt {
  return input === '' ? INSTRUCTION.fill({ instruction }) : INSTRUCTION_WITH_INPUT.fill({ instruction, input });
}

/** A source and a target for tuning a model to follow instructions. */
export function instructionExample(
  values: InstructionValues,
  response: string,
): { readonly source: string; readonly target: string } {
  return { source: fillBlanks(instructionPrompt(values), () => ''), target: response };
}
