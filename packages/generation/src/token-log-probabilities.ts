import { logSoftmax } from './log-softmax.ts';

/** How likely a token was. */
export interface TokenLogProbability {
  readonly id: number;
  /** In nats. */
  readonly logProbability: number;
}

/**
 * How likely the chosen token and others were: by the model's own scores, before processors and temperature change them, as OpenAI's interface has
 * it.
 */
export interface TokenLogProbabilities {
  /** Of the chosen token, in nats. */
  readonly chosen: number;
  /** As many as asked for, likeliest first; the chosen token may be among them. */
  readonly likeliest: readonly TokenLogProbability[];
}

/**
 * @param scores [V], of the model.
 * @param count how many alternatives to tell.
 */
export function logProbabilitiesOf(scores: Float32Array, chosenId: number, count: number): TokenLogProbabilities {
  const logProbabilities = logSoftmax(scores);
  return {
    chosen: logProbabilities[chosenId] ?? -Infinity,
    likeliest: highest(logProbabilities, count).map((id) => ({
      id,
      logProbability: logProbabilities[id] ?? -Infinity,
    })),
  };
}

/** The ids of the highest values, the first of equals first. Sorting a whole vocabulary would take longer than a small model does. */
function highest(values: Float32Array, count: number): number[] {
  const ids: number[] = [];
  if (count === 0) return ids;
  values.forEach((value, id) => {
    const isFull = ids.length === count;
    if (isFull && value <= (values[ids.at(-1) ?? 0] ?? 0)) return;
    if (isFull) ids.pop();
    const place = ids.findIndex((other) => (values[other] ?? 0) < value);
    ids.splice(place < 0 ? ids.length : place, 0, id);
  });
  return ids;
}
