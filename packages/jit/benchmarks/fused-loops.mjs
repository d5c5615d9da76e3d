/**
 * Compiled loops against the same arithmetic as ordinary ONNX Runtime nodes: `pnpm run build && node benchmarks/fused-loops.mjs`. Times are medians
 * over interleaved rounds; GB/s counts every operand once.
 */
import { parseArgs } from 'node:util';
import { loadOnnxRuntime } from '../dist/engines/native/onnxruntime-library.js';
import { addressOf } from '../dist/native-code/executable-memory.js';
import { sizeOfInput, sizeOfOutput } from '../dist/native-code/interpret-row-program.js';
import { nativeCodeSupport } from '../dist/native-code/native-code-support.js';
import { NativeKernel } from '../dist/native-code/native-kernel.js';
import { NativeSession } from '../dist/engines/native/session.js';
import { serializeModel } from '../dist/onnx/model.js';
import { programs } from './row-programs.mjs';
import { unfusedModel } from './unfused-model.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    only: { type: 'string', default: '' },
    encoding: { type: 'string' },
    unfused: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

const support = nativeCodeSupport();
if (!support.isAvailable) throw new Error(`Native code is not available: ${support.reason}.`);
const library = await loadOnnxRuntime();

function floats(size) {
  const array = new Float32Array(new SharedArrayBuffer(Math.max(4096, 4 * size)), 0, size);
  for (let index = 0; index < size; index++) array[index] = Math.random() + 0.01;
  return array;
}

const bindingOf = (array, shape) => ({
  buffer: { memory: array.buffer, byteLength: array.buffer.byteLength },
  type: { shape, dtype: 'float32' },
});

async function timeOf(run) {
  const start = process.hrtime.bigint();
  await run();
  return Number(process.hrtime.bigint() - start);
}

const median = (times) => [...times].sort((a, b) => a - b)[times.length >> 1];

console.log(`${support.encoding}; 1 thread, then 2`);
console.log(
  'loop'.padEnd(22),
  'ns/element'.padStart(11),
  'GB/s'.padStart(7),
  'ORT ns/el.'.padStart(11),
  'ratio'.padStart(7),
  '| 2 threads',
  'ns/el.'.padStart(8),
  'ORT'.padStart(8),
  'ratio'.padStart(7),
);
for (const [name, program] of Object.entries(programs)) {
  if (!name.includes(flags.only)) continue;
  const size = program.rows * program.columns;
  const inputs = program.inputs.map((input) => floats(sizeOfInput(program, input)));
  // Like an optimizer's state: outputs in place where there is an input for them.
  const outputs = program.outputs.map((output, index) =>
    name === 'AdamW' ? inputs[index] : floats(sizeOfOutput(program, output)),
  );
  const kernel = new NativeKernel(program, flags.encoding ?? support.encoding);
  const operands = [...inputs, ...outputs].map((array) => addressOf(array));
  const model = unfusedModel(program);
  const sessions = !flags.unfused
    ? []
    : [1, 2].map(
        (numThreads) =>
          new NativeSession(library, serializeModel(model), {
            numThreads,
            inputNames: model.inputs.map((input) => input.name),
            outputNames: model.outputs.map((output) => output.name),
          }),
      );
  const inputBindings = inputs.map((array, index) => bindingOf(array, model.inputs[index].shape));
  const outputBindings = program.outputs.map((_, index) => {
    const { shape } = model.outputs[index];
    return bindingOf(floats(shape[0] * shape[1]), shape);
  });
  const runs = [
    () => kernel.run(operands),
    () => kernel.runAsync(operands, 2),
    ...sessions.map((session) => () => session.run(inputBindings, outputBindings)),
  ];
  const times = runs.map(() => []);
  for (let round = -2; round < Number(flags.rounds); round++) {
    for (const [index, run] of runs.entries()) {
      const time = await timeOf(run);
      if (round >= 0) times[index].push(time);
    }
  }
  const [one, two, ortOne = NaN, ortTwo = NaN] = times.map((list) => median(list) / size);
  const bytes = [...inputs, ...outputs].reduce((sum, array) => sum + array.byteLength, 0);
  console.log(
    name.padEnd(22),
    one.toFixed(3).padStart(11),
    (bytes / (one * size)).toFixed(1).padStart(7),
    ortOne.toFixed(3).padStart(11),
    (ortOne / one).toFixed(1).padStart(7),
    '|'.padEnd(11),
    two.toFixed(3).padStart(8),
    ortTwo.toFixed(3).padStart(8),
    (ortTwo / two).toFixed(1).padStart(7),
  );
  for (const session of sessions) session.dispose();
  kernel.dispose();
}
