import { basename, dirname } from 'node:path';
import { disposeModule, RandomKey, randomParameters } from '@cloze/core';
import { Decoder, generate } from '@cloze/generation';
import { gpt2Small, GptForCausalLm, type GptConfig } from '@cloze/gpt';
import { onnxRuntimeEngine } from '@cloze/jit';
import { loadTransformersJs } from './transformers-js.ts';

/** The shape of GPT-2 small. */
export const GENERATION_MODEL: GptConfig = gpt2Small;

/** The same random weights in every process. */
export function generationModel(): GptForCausalLm {
  return new GptForCausalLm(GENERATION_MODEL, randomParameters(RandomKey.fromSeed(1337).fold('weights')));
}

const PROMPT = [464, 3290, 318, 257, 845, 922, 1110];

/** Enough to have all of a token's functions compiled. */
const WARM_UP_TOKENS = 3;

/** Continues the same prompt, greedily. */
export interface Generator {
  /** As for `numTokens`, but stops early. */
  warmUp(numTokens: number): Promise<void>;
  /** @returns the new tokens. */
  generate(numTokens: number): Promise<number[]>;
}

/** Our own, with the compiled engine. */
export async function openCloze(numThreads: number): Promise<Generator> {
  const model = generationModel();
  const decoder = await Decoder.create(model, { engine: onnxRuntimeEngine({ numThreads }) });
  disposeModule(model);
  const take = async (maxTokens: number, count: number): Promise<number[]> => {
    const ids: number[] = [];
    for await (const { id } of generate(decoder, PROMPT, { maxTokens })) if (ids.push(id) === count) break;
    return ids;
  };
  return {
    warmUp: async (numTokens) => {
      await take(numTokens, WARM_UP_TOKENS);
    },
    generate: async (numTokens) => take(numTokens, numTokens),
  };
}

/** transformers.js in float32 on the processor, its defaults but for the number of threads, which is ours. */
export async function openTransformersJs(
  folder: string,
  { installation, numThreads }: { readonly installation: string; readonly numThreads: number },
): Promise<Generator> {
  const { env, Tensor, AutoModelForCausalLM } = await loadTransformersJs(installation);
  env.allowRemoteModels = false;
  env.localModelPath = dirname(folder);
  const model = await AutoModelForCausalLM.from_pretrained(basename(folder), {
    dtype: 'fp32',
    device: 'cpu',
    session_options: { intraOpNumThreads: numThreads },
  });
  const take = async (count: number): Promise<number[]> => {
    const shape = [1, PROMPT.length];
    const { data } = await model.generate({
      input_ids: new Tensor('int64', BigInt64Array.from(PROMPT, BigInt), shape),
      attention_mask: new Tensor('int64', new BigInt64Array(PROMPT.length).fill(1n), shape),
      max_new_tokens: count,
      do_sample: false,
    });
    return Array.from(data.subarray(PROMPT.length), Number);
  };
  return {
    warmUp: async () => {
      await take(WARM_UP_TOKENS);
    },
    generate: take,
  };
}
