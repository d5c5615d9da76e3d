let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs one after the other what touches onnxruntime-web: it runs one session at a time and refuses a second, and releasing a session breaks off what is
 * being read from the graphics card.
 */
export async function inTurn<T>(run: () => Promise<T>): Promise<T> {
  const result = turn.then(run);
  turn = result.catch(() => undefined);
  return result;
}
