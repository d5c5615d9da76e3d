import { describe, expect, it } from 'vitest';
import { instructionExample, instructionPrompt } from './instruction.ts';

describe('instructionPrompt', () => {
  it('has a blank for the response', () => {
    expect(instructionPrompt({ instruction: 'Translate to German.', input: 'the cat' }).pieces).toMatchInlineSnapshot(`
      [
        "Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.

      ### Instruction:
      Translate to German.

      ### Input:
      the cat

      ### Response:
      ",
        "",
      ]
    `);
    expect(instructionPrompt({ instruction: 'Say hello.' }).pieces).toMatchInlineSnapshot(`
      [
        "Below is an instruction that describes a task. Write a response that appropriately completes the request.

      ### Instruction:
      Say hello.

      ### Response:
      ",
        "",
      ]
    `);
  });

  it('makes examples to be tuned with', () => {
    const { source, target } = instructionExample({ instruction: 'Say hello.' }, 'Hello!');
    expect(source.endsWith('### Instruction:\nSay hello.\n\n### Response:\n')).toBe(true);
    expect(target).toBe('Hello!');
  });
});
