import * as tf from '@tensorflow/tfjs';
import { isTensor } from '@cloze/core';

/** What a model computed, by name. */
export type NamedOutputs = Readonly<Record<string, unknown>>;

/** Which axis of an output counts tokens, from the last on. What is not here, and the scores of a whole sequence, count none. */
const TOKEN_AXES: Readonly<Record<string, number>> = {
  lastHiddenState: 2,
  hiddenStates: 2,
  logits: 2,
  startLogits: 1,
  endLogits: 1,
};

/** How many tokens there were. */
interface TokenCounts {
  readonly numVirtualTokens: number;
  /** n + T. */
  readonly numTokens: number;
}

/** The outputs for the text alone, as if there were no virtual tokens before it; what was computed for those stands apart in `virtualOutputs`. */
export function ofText(outputs: NamedOutputs, counts: TokenCounts): NamedOutputs {
  const isPerToken = ([name, value]: [string, unknown]): boolean => countsTokens(name, value, counts);
  const perToken = Object.entries(outputs).filter(isPerToken);
  const part = (isVirtual: boolean): NamedOutputs =>
    Object.fromEntries(perToken.map(([name, value]) => [name, partOf(value, name, { ...counts, isVirtual })]));
  return { ...outputs, ...part(false), virtualOutputs: part(true) };
}

/**
 * All outputs of a model as Hugging Face PEFT returns them: where there are virtual tokens, it scores them, too, and first.
 *
 * @param outputs of the `model` of any adapter.
 */
export function withVirtualOutputs({ virtualOutputs, ...outputs }: NamedOutputs): NamedOutputs {
  if (typeof virtualOutputs !== 'object' || virtualOutputs === null) return outputs;
  const joined = Object.entries(virtualOutputs).map(([name, virtual]: [string, unknown]) => [
    name,
    join(virtual, outputs[name], name),
  ]);
  return { ...outputs, ...(Object.fromEntries(joined) as NamedOutputs) };
}

function countsTokens(name: string, value: unknown, { numTokens }: TokenCounts): boolean {
  if (Array.isArray(value)) return value.every((item) => countsTokens(name, item, { numTokens, numVirtualTokens: 0 }));
  const axis = TOKEN_AXES[name];
  return axis !== undefined && isTensor(value) && value.rank > axis && value.shape.at(-axis) === numTokens;
}

function partOf(value: unknown, name: string, part: TokenCounts & { readonly isVirtual: boolean }): unknown {
  if (Array.isArray(value)) return value.map((item) => partOf(item, name, part));
  if (!isTensor(value)) return value;
  const { isVirtual, numVirtualTokens } = part;
  const atTokens = <T>(there: T, elsewhere: T): T[] =>
    value.shape.map((_, axis) => (axis === axisOf(name, value) ? there : elsewhere));
  return tf.slice(
    value,
    atTokens(isVirtual ? 0 : numVirtualTokens, 0),
    atTokens(isVirtual ? numVirtualTokens : -1, -1),
  );
}

function join(virtual: unknown, text: unknown, name: string): unknown {
  if (Array.isArray(virtual) && Array.isArray(text)) return virtual.map((item, index) => join(item, text[index], name));
  return isTensor(virtual) && isTensor(text) ? tf.concat([virtual, text], axisOf(name, text)) : text;
}

function axisOf(name: string, { rank }: tf.Tensor): number {
  return rank - (TOKEN_AXES[name] ?? 0);
}
