import type * as tf from '@tensorflow/tfjs';
import type * as Ort from 'onnxruntime-web';
import { JitError } from '../../errors.ts';
import { serializeModel } from '../../onnx/model.ts';
import { engineError } from './engine-error.ts';
import { inTurn } from './in-turn.ts';
import { runtimeBackend, toRuntimeTensor } from './runtime-backend.ts';

/** For each rank, a session that gives back what it gets, on the graphics card. */
const carriers = new Map<number, Promise<Ort.InferenceSession>>();

/** The last session to be released takes the device with it, and every result that lies there. Those of this file are never released. */
export async function openCard(runtime: typeof Ort): Promise<void> {
  await carrierOf(runtime, 1);
}

/** Puts values on the graphics card, where compiled functions read them in place: what lies in memory is sent there anew with every call. */
export async function holdOnCard(
  runtime: typeof Ort,
  values: Float32Array,
  shape: readonly number[],
): Promise<tf.Tensor> {
  const input = toRuntimeTensor(runtime, values, { shape, dtype: 'float32' });
  const { output } = await carrierOf(runtime, shape.length)
    .then(async (carrier) => inTurn(async () => carrier.run({ input })))
    .catch((cause: unknown) => {
      throw engineError('A tensor could not be put on the graphics card', cause);
    });
  if (output === undefined) throw new JitError('JIT_ENGINE', { message: 'A result is missing.', hint: 'Report this.' });
  return runtimeBackend().adopt(output, 'float32');
}

async function carrierOf(runtime: typeof Ort, rank: number): Promise<Ort.InferenceSession> {
  const carrier = carriers.get(rank) ?? createCarrier(runtime, rank);
  carriers.set(rank, carrier);
  carrier.catch(() => carriers.delete(rank));
  return carrier;
}

async function createCarrier({ InferenceSession }: typeof Ort, rank: number): Promise<Ort.InferenceSession> {
  const value = {
    type: 'float32',
    shape: Array.from({ length: rank }, (_, axis) => `length ${String(axis)}`),
  } as const;
  const model = serializeModel({
    inputs: [{ name: 'input', ...value }],
    outputs: [{ name: 'output', ...value }],
    initializers: [],
    nodes: [{ operator: 'Identity', domain: '', inputs: ['input'], outputs: ['output'], attributes: {} }],
    operatorSets: { '': 18 },
  });
  return InferenceSession.create(model, { executionProviders: ['webgpu'], preferredOutputLocation: 'gpu-buffer' });
}
