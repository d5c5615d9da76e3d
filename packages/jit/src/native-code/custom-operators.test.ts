import { describe, expect, it } from 'vitest';
import { loadOnnxRuntime } from '../engines/native/onnxruntime-library.ts';
import type { Binding } from '../engines/native/bound-values.ts';
import { createBuffer } from '../engines/host-memory.ts';
import { NativeSession } from '../engines/native/session.ts';
import { serializeModel, type OnnxModel } from '../onnx/model.ts';
import { CustomOperators, OPERATOR_DOMAIN } from './custom-operators.ts';
import { interpretRowProgram } from './interpret-row-program.ts';
import { nativeCodeSupport } from './native-code-support.ts';
import type { RowProgram } from './row-program.ts';

const ROWS = 600;
const COLUMNS = 83;

/** softmax(x + bias), its row sums, its sums over blocks of rows, and where it is above a threshold. */
const program: RowProgram = {
  rows: ROWS,
  columns: COLUMNS,
  inputs: [
    { type: 'float32', layout: 'full' },
    { type: 'float32', layout: 'repeated', period: 1 },
  ],
  instructions: [
    { op: 'input', input: 0 },
    { op: 'input', input: 1 },
    { op: 'add', a: 0, b: 1 },
    { op: 'rowMax', a: 2 },
    { op: 'sub', a: 2, b: 3 },
    { op: 'exp', a: 4 },
    { op: 'rowSum', a: 5 },
    { op: 'div', a: 5, b: 6 },
    { op: 'constant', value: 0.02, type: 'float32' },
    { op: 'greater', a: 7, b: 8 },
  ],
  outputs: [
    { instruction: 7, type: 'float32', layout: 'full' },
    { instruction: 6, type: 'float32', layout: 'perRow' },
    { instruction: 7, type: 'float32', layout: 'columnSums', blocks: 7 },
    { instruction: 9, type: 'bool', layout: 'full' },
  ],
};
const OUTPUT_SHAPES = [
  [ROWS, COLUMNS],
  [ROWS, 1],
  [7, COLUMNS],
  [20, 30, COLUMNS],
];

/** -program(-x, bias): ordinary operators before and after. */
function modelOf(operator: string): OnnxModel {
  const node = (name: string, inputs: string[], outputs: string[], domain = '') => ({
    operator: name,
    domain,
    inputs,
    outputs,
    attributes: {},
  });
  return {
    inputs: [
      { name: 'x', type: 'float32', shape: [ROWS, COLUMNS] },
      { name: 'bias', type: 'float32', shape: [COLUMNS] },
    ],
    outputs: [
      { name: 'y', type: 'float32', shape: [ROWS, COLUMNS] },
      { name: 'sums', type: 'float32', shape: [ROWS, 1] },
      { name: 'columnSums', type: 'float32', shape: [7, COLUMNS] },
      { name: 'isLarge', type: 'bool', shape: [20, 30, COLUMNS] },
    ],
    initializers: [],
    nodes: [
      node('Neg', ['x'], ['negative']),
      node(operator, ['negative', 'bias'], ['softmax', 'sums', 'columnSums', 'isLarge'], OPERATOR_DOMAIN),
      node('Neg', ['softmax'], ['y']),
    ],
    operatorSets: { '': 18, [OPERATOR_DOMAIN]: 1 },
  };
}

const INPUT_SHAPES = [[ROWS, COLUMNS], [COLUMNS]];

describe.runIf(nativeCodeSupport().isAvailable)('CustomOperators', () => {
  it.each([1, 2])(
    'runs a program between ordinary operators on %i threads, always with the same bits',
    async (numThreads) => {
      const library = await loadOnnxRuntime();
      const operators = new CustomOperators(library);
      const operator = operators.add(program, { outputShapes: OUTPUT_SHAPES });
      expect(operators.add(structuredClone(program), { outputShapes: OUTPUT_SHAPES })).toBe(operator);
      const model = modelOf(operator);
      const session = new NativeSession(library, serializeModel(model), {
        numThreads,
        inputNames: model.inputs.map(({ name }) => name),
        outputNames: model.outputs.map(({ name }) => name),
        operators,
      });
      const inputs = INPUT_SHAPES.map((shape) => newBinding(shape, 'float32'));
      const [x, bias] = inputs.map(({ values }) => values.map((_, index) => Math.sin(index) * 3));
      inputs[0]?.values.set(x ?? []);
      inputs[1]?.values.set(bias ?? []);
      const outputs = OUTPUT_SHAPES.map((shape, index) => newBinding(shape, index === 3 ? 'bool' : 'float32'));

      const expected = interpretRowProgram(program, [
        x?.map((value) => -value) ?? new Float32Array(),
        bias ?? new Float32Array(),
      ]);
      const sign = [-1, 1, 1, 1];
      let first: string | undefined;
      for (let repeat = 0; repeat < 100; repeat++) {
        for (const { values } of outputs) values.fill(77);
        await session.run(inputs, outputs);
        const bits = outputs.map(({ values }) => Buffer.from(values.buffer).toString('latin1')).join();
        first ??= bits;
        expect(bits === first).toBe(true);
      }
      outputs.forEach(({ values }, index) => {
        const wanted = expected[index]?.map((value) => value * (sign[index] ?? 1)) ?? values;
        const worst = Math.max(...Array.from(values, (value, at) => Math.abs(value - (wanted[at] ?? Number.NaN))));
        expect(worst, `output ${index}`).toBeLessThan(index === 1 ? 1e-4 : 1e-6);
      });
      session.dispose();
    },
  );
});

function newBinding(
  shape: readonly number[],
  dtype: 'float32' | 'bool',
): Binding & { readonly values: Float32Array | Uint8Array } {
  const size = shape.reduce((product, length) => product * length, 1);
  const buffer = createBuffer(4 * size + 4096);
  const values = dtype === 'bool' ? new Uint8Array(buffer.memory, 0, size) : new Float32Array(buffer.memory, 0, size);
  return { buffer, type: { shape, dtype }, values };
}
