import { isJsonObject, parseJson, type JsonValue } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { sha256Of } from './durable-files.ts';
import { parseState, serializeState, type TrainingStateFile } from './training-state.ts';

const state: TrainingStateFile = {
  step: 7,
  phase: { name: 'head', step: 3 },
  key: [1, 2],
  cursor: { position: 28 },
  data: 'd',
  optimizer: { name: 'sgd', settings: {} },
  best: { step: 4, value: 0.1 + 0.2, numWorse: 1 },
  settings: {},
  files: {},
};

describe('training-state.json', () => {
  it('says which phase it was in and what was best so far', async () => {
    expect(await parseState(await serializeState(state), 'state')).toEqual(state);
  });

  it('may be of a run from before there were phases', async () => {
    const bytes = await changed((body) => {
      const { phase, best, ...rest } = body;
      expect([phase, best]).toEqual([state.phase, state.best]);
      return rest;
    });
    expect(await parseState(bytes, 'state')).toEqual({
      ...state,
      phase: { name: 'training', step: 7 },
      best: undefined,
    });
  });

  it.each([
    ['phase', { name: 'head' }],
    ['phase', 'head'],
    ['best', { step: 4, value: 0.5 }],
    ['best', { step: 4, value: '0.5', numWorse: 1 }],
  ])('has no other form of %s, as %j', async (field, value) => {
    const bytes = await changed((body) => ({ ...body, [field]: value }));
    await expect(parseState(bytes, 'state')).rejects.toThrow('The file must describe a training state');
  });
});

type Body = Readonly<Record<string, JsonValue>>;

/** The state with another content and the right sha256. */
async function changed(change: (body: Body) => Body): Promise<Uint8Array> {
  const document = parseJson(await serializeState(state));
  if (!isJsonObject(document)) throw new Error('no object');
  const { sha256, ...body } = document;
  expect(sha256).toHaveLength(64);
  const bytesOf = (value: Body): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
  const content = change(body);
  return bytesOf({ ...content, sha256: await sha256Of([bytesOf(content)]) });
}
