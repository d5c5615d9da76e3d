/** The loops to measure, as row programs. */

class Builder {
  inputs = [];
  instructions = [];

  input(layout, type = 'float32', period = 1) {
    this.inputs.push(layout === 'repeated' ? { type, layout, period } : { type, layout });
    return this.emit({ op: 'input', input: this.inputs.length - 1 });
  }

  constant(value, type = 'float32') {
    return this.emit({ op: 'constant', value, type });
  }

  emit(instruction) {
    return this.instructions.push(instruction) - 1;
  }

  unary(op, a) {
    return this.emit({ op, a });
  }

  binary(op, a, b) {
    return this.emit({ op, a, b });
  }

  program(rows, columns, outputs) {
    return { rows, columns, inputs: this.inputs, instructions: this.instructions, outputs };
  }
}

const full = (instruction) => ({ instruction, type: 'float32', layout: 'full' });

/** tanh(sqrt(2 / pi) (x + 0.044715 x^3)) */
function innerTanh(b, x) {
  const cube = b.binary('mul', b.binary('mul', x, x), x);
  const inner = b.binary('add', x, b.binary('mul', cube, b.constant(0.044715)));
  return b.unary('tanh', b.binary('mul', inner, b.constant(Math.sqrt(2 / Math.PI))));
}

function add() {
  const b = new Builder();
  return b.program(4096, 1024, [full(b.binary('add', b.input('full'), b.input('full')))]);
}

function geluForward() {
  const b = new Builder();
  const x = b.binary('add', b.input('full'), b.input('repeated'));
  const t = b.binary('add', innerTanh(b, x), b.constant(1));
  return b.program(2048, 1536, [full(b.binary('mul', b.binary('mul', x, b.constant(0.5)), t))]);
}

function geluBackward() {
  const b = new Builder();
  const x = b.binary('add', b.input('full'), b.input('repeated'));
  const dy = b.input('full');
  const t = innerTanh(b, x);
  const slope = b.binary('sub', b.constant(1), b.binary('mul', t, t));
  const square = b.binary('mul', b.binary('mul', x, x), b.constant(3 * 0.044715));
  const inner = b.binary('mul', b.binary('add', square, b.constant(1)), b.constant(Math.sqrt(2 / Math.PI)));
  const chain = b.binary('mul', b.binary('mul', x, slope), inner);
  const sum = b.binary('add', b.binary('add', t, b.constant(1)), chain);
  const dx = b.binary('mul', b.binary('mul', dy, b.constant(0.5)), sum);
  return b.program(2048, 1536, [full(dx), { instruction: dx, type: 'float32', layout: 'columnSums', blocks: 16 }]);
}

function geluErfForward() {
  const b = new Builder();
  const x = b.binary('add', b.input('full'), b.input('repeated'));
  const e = b.binary('add', b.unary('erf', b.binary('mul', x, b.constant(Math.SQRT1_2))), b.constant(1));
  return b.program(2048, 1536, [full(b.binary('mul', b.binary('mul', x, b.constant(0.5)), e))]);
}

function layerNormForward() {
  const b = new Builder();
  const columns = 768;
  const x = b.input('full');
  const mean = b.binary('mul', b.unary('rowSum', x), b.constant(1 / columns));
  const centered = b.binary('sub', x, mean);
  const variance = b.binary('mul', b.unary('rowSum', b.binary('mul', centered, centered)), b.constant(1 / columns));
  const scale = b.unary('reciprocal', b.unary('sqrt', b.binary('add', variance, b.constant(1e-5))));
  const normal = b.binary('mul', centered, scale);
  const y = b.binary('add', b.binary('mul', normal, b.input('repeated')), b.input('repeated'));
  return b.program(2048, columns, [full(y)]);
}

function layerNormBackward() {
  const b = new Builder();
  const columns = 768;
  const dy = b.input('full');
  const x = b.input('full');
  const mean = b.input('perRow');
  const scale = b.input('perRow');
  const normal = b.binary('mul', b.binary('sub', x, mean), scale);
  const dNormal = b.binary('mul', dy, b.input('repeated'));
  const first = b.binary('mul', b.unary('rowSum', dNormal), b.constant(1 / columns));
  const second = b.binary('mul', b.unary('rowSum', b.binary('mul', dNormal, normal)), b.constant(1 / columns));
  const inner = b.binary('sub', b.binary('sub', dNormal, first), b.binary('mul', normal, second));
  const dWeight = b.binary('mul', dy, normal);
  return b.program(2048, columns, [
    full(b.binary('mul', inner, scale)),
    { instruction: dWeight, type: 'float32', layout: 'columnSums', blocks: 16 },
    { instruction: dy, type: 'float32', layout: 'columnSums', blocks: 16 },
  ]);
}

function softmax(rows, columns) {
  const b = new Builder();
  const x = b.binary('mul', b.input('full'), b.constant(0.125));
  const exponential = b.unary('exp', b.binary('sub', x, b.unary('rowMax', x)));
  return b.program(rows, columns, [full(b.binary('div', exponential, b.unary('rowSum', exponential)))]);
}

/** In place, as in training: the outputs lie where the inputs do. */
function adamW() {
  const b = new Builder();
  const [w, m, v, g] = [b.input('full'), b.input('full'), b.input('full'), b.input('full')];
  const [rate, correction1, correction2] = [b.input('scalar'), b.input('scalar'), b.input('scalar')];
  const newM = b.binary('add', b.binary('mul', m, b.constant(0.9)), b.binary('mul', g, b.constant(0.1)));
  const square = b.binary('mul', b.binary('mul', g, g), b.constant(0.001));
  const newV = b.binary('add', b.binary('mul', v, b.constant(0.999)), square);
  const root = b.binary('add', b.unary('sqrt', b.binary('mul', newV, correction2)), b.constant(1e-8));
  const update = b.binary('div', b.binary('mul', newM, correction1), root);
  const decayed = b.binary('sub', w, b.binary('mul', b.binary('mul', w, rate), b.constant(0.01)));
  return b.program(4096, 1024, [full(b.binary('sub', decayed, b.binary('mul', update, rate))), full(newM), full(newV)]);
}

/** Threefold mixing of a counter, then a choice: what dropout costs. */
function dropout() {
  const b = new Builder();
  const x = b.input('full');
  const int = (value) => b.constant(value, 'int32');
  const shifted = (value, bits) => b.binary('xorInt', value, b.binary('shiftRight', value, int(bits)));
  let word = b.binary(
    'addInt',
    b.binary('mulInt', b.emit({ op: 'position' }), int(0x9e3779b9 | 0)),
    b.input('scalar', 'int32'),
  );
  word = b.binary('mulInt', shifted(word, 16), int(0x21f0aaad));
  word = shifted(b.binary('mulInt', shifted(word, 15), int(0x735a2d97)), 15);
  const uniform = b.binary('mul', b.unary('toFloat', b.binary('shiftRight', word, int(8))), b.constant(2 ** -24));
  const condition = b.binary('less', uniform, b.constant(0.9));
  const kept = b.binary('mul', x, b.constant(1 / 0.9));
  return b.program(2048, 768, [full(b.emit({ op: 'select', condition, a: kept, b: b.constant(0) }))]);
}

export const programs = {
  add: add(),
  'gelu (tanh) forward': geluForward(),
  'gelu (tanh) backward': geluBackward(),
  'gelu (erf) forward': geluErfForward(),
  'layer norm forward': layerNormForward(),
  'layer norm backward': layerNormBackward(),
  'softmax 64': softmax(24576, 64),
  'softmax 1024': softmax(2048, 1024),
  dropout: dropout(),
  AdamW: adamW(),
};
