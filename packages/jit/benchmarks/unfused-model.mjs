/** A row program as one ONNX node per instruction: what ONNX Runtime does without us. */

const OPERATORS = {
  add: 'Add',
  sub: 'Sub',
  mul: 'Mul',
  div: 'Div',
  max: 'Max',
  min: 'Min',
  neg: 'Neg',
  abs: 'Abs',
  sqrt: 'Sqrt',
  reciprocal: 'Reciprocal',
  exp: 'Exp',
  log: 'Log',
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  erf: 'Erf',
  rowSum: 'ReduceSum',
  rowMax: 'ReduceMax',
  less: 'Less',
  select: 'Where',
  xorInt: 'BitwiseXor',
  mulInt: 'Mul',
  addInt: 'Add',
  shiftRight: 'BitShift',
};

function shapeOf({ rows, columns }, { layout, period = 1 }) {
  return { full: [rows, columns], repeated: [period, columns], perRow: [rows, 1], scalar: [1, 1] }[layout];
}

export function unfusedModel(program) {
  const nodes = [];
  const initializers = [{ name: 'axes', type: 'int64', shape: [1], values: BigInt64Array.of(1n) }];
  const node = (operator, inputs, output, attributes = {}) =>
    nodes.push({ operator, domain: '', inputs, outputs: [output], attributes });
  program.instructions.forEach((instruction, index) => {
    const { op } = instruction;
    const name = `v${index}`;
    const operands = ['condition', 'a', 'b'].flatMap((key) => (key in instruction ? [`v${instruction[key]}`] : []));
    if (op === 'input') return;
    if (op === 'constant') {
      const isFloat = instruction.type === 'float32';
      const values = isFloat ? Float32Array.of(instruction.value) : Uint32Array.of(instruction.value >>> 0);
      initializers.push({ name, type: isFloat ? 'float32' : 'uint32', shape: [1], values });
    } else if (op === 'position') {
      const size = program.rows * program.columns;
      initializers.push({
        name,
        type: 'uint32',
        shape: [program.rows, program.columns],
        values: Uint32Array.from({ length: size }, (_, i) => i),
      });
    } else if (op === 'toFloat') node('Cast', operands, name, { to: { int: 1 } });
    else if (op === 'shiftRight') node('BitShift', operands, name, { direction: { string: 'RIGHT' } });
    else if (op === 'rowSum' || op === 'rowMax')
      node(OPERATORS[op], [...operands, 'axes'], name, { keepdims: { int: 1 } });
    else node(OPERATORS[op], operands, name);
  });
  program.outputs.forEach(({ instruction, layout }, index) => {
    if (layout === 'columnSums') {
      initializers.push({ name: `axes${index}`, type: 'int64', shape: [1], values: BigInt64Array.of(0n) });
      node('ReduceSum', [`v${instruction}`, `axes${index}`], `y${index}`, { keepdims: { int: 1 } });
    } else node('Identity', [`v${instruction}`], `y${index}`);
  });
  return {
    inputs: program.inputs.map((input, index) => ({
      name: `v${program.instructions.findIndex((other) => other.op === 'input' && other.input === index)}`,
      type: input.type === 'int32' ? 'uint32' : input.type,
      shape: shapeOf(program, input),
    })),
    outputs: program.outputs.map(({ layout }, index) => ({
      name: `y${index}`,
      type: 'float32',
      shape: layout === 'columnSums' ? [1, program.columns] : shapeOf(program, { layout }),
    })),
    initializers,
    nodes,
    operatorSets: { '': 18 },
  };
}
