import { describe, expect, it } from 'vitest';
import { operatorTimes, profileTable } from './operator-profile.ts';

const run = (ts: number) => ({ cat: 'Session', name: 'model_run', ts, dur: 100 });
const kernel = (operator: string, ts: number, dur: number) => ({
  cat: 'Node',
  name: `${operator}_0_kernel_time`,
  ts,
  dur,
  args: { op_name: operator, input_type_shape: [{ float: [8, 4] }, { float: [] }] },
});

// A warm-up run and two more.
const trace = [
  run(0),
  kernel('MatMul', 1, 9000),
  run(100),
  kernel('MatMul', 101, 2000),
  kernel('Add', 102, 500),
  run(200),
  kernel('MatMul', 201, 4000),
  { cat: 'Node', name: 'MatMul_0_fence_before', ts: 202, dur: 7 },
];

describe('operatorTimes', () => {
  it('adds up kernels by operator and shapes, without the warm-up', () => {
    expect(operatorTimes(trace, 1)).toEqual([
      { operator: 'MatMul', shapes: '8x4, scalar', numCallsPerStep: 1, millisecondsPerStep: 3 },
      { operator: 'Add', shapes: '8x4, scalar', numCallsPerStep: 0.5, millisecondsPerStep: 0.25 },
    ]);
  });

  it('wants a profile of more runs than the warm-up', () => {
    expect(() => operatorTimes(trace, 3)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: JSON_TYPE: ONNX Runtime's profile must hold more than 3 runs, got 3. Report this: the format of profiles may have changed.]`,
    );
  });
});

describe('profileTable', () => {
  it('gives shares of the step and what is outside of the operators', () => {
    expect(profileTable(operatorTimes(trace, 1), 5)).toMatchInlineSnapshot(`
      "operator  calls/step  ms/step   share  inputs
      --------  ----------  -------  ------  -----------
      MatMul             1     3.00  60.0 %  8x4, scalar
      Add                1     0.25   5.0 %  8x4, scalar

      A step takes 5.00 ms with the profiler on: 3.25 ms in 2 kinds of operators, 1.75 ms (35.0 %) outside of them: updates in place, and handing over tensors."
    `);
  });
});
