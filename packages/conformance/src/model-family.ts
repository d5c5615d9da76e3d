import { basename } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {
  disposeModule,
  parametersOf,
  parseSafetensors,
  placeholderParameters,
  RandomKey,
  serializeSafetensors,
  toCheckpointTensors,
  unexpectedNames,
  type ModelFamily,
  type ParameterSource,
} from '@cloze/core';
import '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { testCompiled } from './compiled.ts';
import { outputTensor, readConfig, tensorOutputs, withFixture, type FamilyFixture } from './fixture.ts';
import { testOverfit } from './overfit.ts';
import { testParity } from './parity.ts';

/**
 * What every family must hold to, for one of its fixtures: equality with the reference implementation, save and load, parameter paths, independence
 * of padding and of the rest of the batch, dropout if and only if there is a key, no leaked tensors, compiled equal to eager, and learning.
 */
export function testModelFamily(family: ModelFamily, fixture: FamilyFixture): void {
  testParity(family, fixture);
  testCompiled(family, fixture);
  testOverfit(family, fixture);

  describe(`${basename(fixture.folder)} (${fixture.task})`, () => {
    it('asks for its parameters under the paths of its fields', () => {
      const asked: string[] = [];
      const model = family.create(readConfig(family, fixture.folder), fixture.task, recorded(asked));
      const paths = Object.keys(parametersOf(model));
      expect(asked.sort()).toEqual(paths.toSorted());
      expect(paths).toMatchSnapshot();
      disposeModule(model);
    });

    it('saves what it loaded', async () => {
      await withFixture(family, fixture, async ({ model, names, weights }) => {
        const saved = await toCheckpointTensors(parametersOf(model), names);
        const read = parseSafetensors(serializeSafetensors(saved)).tensors;
        expect(unexpectedNames(weights.keys(), names)).toEqual([]);
        for (const [name, tensor] of read) expect(tensor, name).toEqual(weights.get(name));
      });
      const config = readConfig(family, fixture.folder);
      const json: unknown = JSON.parse(JSON.stringify(family.toConfigJson(config, fixture.task)));
      expect(family.parseConfig(json)).toEqual(config);
    });

    it('does not see padding', async () => {
      await withFixture(family, fixture, ({ model, inputs }) => {
        const padded = model.forward(
          padInputs(inputs, family.toConfigJson(readConfig(family, fixture.folder), fixture.task)),
        );
        const plain = model.forward(inputs);
        for (const name of tensorOutputs(plain)) {
          const expected = outputTensor(plain, name);
          const got = tf.slice(
            outputTensor(padded, name),
            expected.shape.map(() => 0),
            expected.shape,
          );
          expect(got, name).toBeAllClose(expected, { absolute: 1e-5 });
        }
      });
    });

    it('treats each sequence as if it were alone', async () => {
      await withFixture(family, fixture, ({ model, inputs }) => {
        const together = model.forward(inputs);
        const [batchSize = 1] = Object.values(inputs)[0]?.shape ?? [];
        for (let row = 0; row < batchSize; row++) {
          const ofRow = (tensor: tf.Tensor): tf.Tensor => tf.slice(tensor, [row], [1]);
          const alone = model.forward(Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, ofRow(x)])));
          for (const name of tensorOutputs(together)) {
            const expected = ofRow(outputTensor(together, name));
            expect(outputTensor(alone, name), name).toBeAllClose(expected, { absolute: 1e-5 });
          }
        }
      });
    });

    it('drops out if and only if there is a key', async () => {
      await withFixture(family, fixture, ({ model, inputs }) => {
        const run = (key?: RandomKey): Float32Array => {
          const outputs = model.forward(inputs, { key });
          const [name = 'logits'] = tensorOutputs(outputs);
          return outputTensor(outputs, name).dataSync<'float32'>();
        };
        expect(run()).toEqual(run());
        expect(run(RandomKey.fromSeed(1))).toEqual(run(RandomKey.fromSeed(1)));
        expect(run(RandomKey.fromSeed(1))).not.toEqual(run(RandomKey.fromSeed(2)));
        expect(run(RandomKey.fromSeed(1))).not.toEqual(run());
      });
    });

    it('leaks no tensors', async () => {
      const before = tf.memory().numTensors;
      await withFixture(family, fixture, ({ model, inputs }) => {
        const loaded = tf.memory().numTensors;
        tf.tidy(() => void model.forward(inputs, { key: RandomKey.fromSeed(1) }));
        expect(tf.memory().numTensors).toBe(loaded);
      });
      expect(tf.memory().numTensors).toBe(before);
    });
  });
}

/** Two more columns of padding on the right, masked. */
function padInputs(
  inputs: Readonly<Record<string, tf.Tensor>>,
  config: Readonly<Record<string, unknown>>,
): Record<string, tf.Tensor> {
  const { inputIds } = inputs;
  if (inputIds === undefined) throw new Error('The fixture has no input.input_ids to pad.');
  const { attentionMask = tf.onesLike(inputIds) } = inputs;
  const padTokenId = config['pad_token_id'];
  const pad = (tensor: tf.Tensor, value: number): tf.Tensor =>
    tf.pad(
      tensor,
      // The mask has one number per token; the tokens of ELMo are characters on an axis of their own.
      tensor.shape.map((_, axis): [number, number] => [0, axis === attentionMask.rank - 1 ? 2 : 0]),
      value,
    );
  const others = Object.entries(inputs).flatMap(([name, tensor]) => {
    const value = PADDING[name];
    return value === undefined ? [] : [[name, pad(tensor, value)] as const];
  });
  return {
    ...inputs,
    inputIds: pad(inputIds, typeof padTokenId === 'number' ? padTokenId : 0),
    attentionMask: pad(attentionMask, 0),
    ...Object.fromEntries(others),
  };
}

/** What stands in the padding of further inputs of one value per token; inputs of other kinds are not padded. */
const PADDING: Readonly<Record<string, number>> = {
  tokenTypeIds: 0,
  positionIds: 0,
  blockPositionIds: 0,
  targetIds: -100,
};

/** Placeholders that note which parameters are asked for. */
function recorded(asked: string[]): ParameterSource {
  const at = (prefix: readonly (string | number)[], source: ParameterSource): ParameterSource => ({
    at: (...names) => at([...prefix, ...names], source.at(...names)),
    get: (name, shape, initializer) => {
      asked.push([...prefix, name].join('.'));
      return source.get(name, shape, initializer);
    },
  });
  return at([], placeholderParameters());
}
