import type { Value, VectorBlock } from './vector-code.ts';

/**
 * Functions on vectors of floats as straight-line code. The greatest errors against the exact result, over all float arguments, are asserted in the
 * tests. NaN gives NaN everywhere: minima and maxima give their second operand when one is NaN, so that operand is the argument.
 */

/** Whether the code may use AVX-512's scaling by powers of two; the results are the same bits. */
export interface VectorMathOptions {
  readonly hasScale: boolean;
}

const SIGN_BIT = -0x80000000;
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444005469057e-4;

/** (exp(r) - 1 - r) / r^2 on [-ln 2 / 2, ln 2 / 2]: minimax in the relative error of exp. */
const EXP = [
  0.4999999333799369, 0.16666519005180103, 0.041668407189911265, 0.008368913756442603, 0.0013814190810710009,
];

/** (log(1 + f) - f + f^2 / 2) / f^3 on [sqrt(1/2) - 1, sqrt(2) - 1]: minimax in the relative error of log. */
const LOG = [
  0.33333331707597924, -0.2500082103792214, 0.20001226889822143, -0.16623357217724302, 0.14201757572134474,
  -0.13160183262598052, 0.1276158070922998, -0.07634498872487992,
];

/** Odd rational approximation of tanh on [-9.02, 9.02] in the square of the argument: minimax in relative error. */
const TANH_LIMIT = 9.02;
const TANH_NUMERATOR = [
  0.9999999790111933, 0.13379718354473288, 0.0034940350275599287, 2.0583487843976535e-5, 1.3319078702424607e-8,
];
const TANH_DENOMINATOR = [1, 0.4671303359460579, 0.025871075044535154, 0.0003283093557779839, 7.762022722845267e-7];

/** The same for erf on [-3.92, 3.92]. */
const ERF_LIMIT = 3.92;
const ERF_NUMERATOR = [
  1.1283791089484914, 0.19992573221635276, 0.05057348345730594, 0.0037016573391563524, 0.00014185133776859594,
  -1.957832050926591e-6, 1.9924098753275603e-8,
];
const ERF_DENOMINATOR = [1, 0.5105112216928603, 0.11499890837238977, 0.014353303141788603, 0.0009560497877973919];

/** Writes vector math into a block. */
export class VectorMath {
  readonly #block: VectorBlock;
  readonly #options: VectorMathOptions;

  constructor(block: VectorBlock, options: VectorMathOptions) {
    this.#block = block;
    this.#options = options;
  }

  negate(a: Value): Value {
    return this.#block.binary('xor', a, this.#block.int(SIGN_BIT));
  }

  absolute(a: Value): Value {
    return this.#block.binary('andNot', this.#block.int(SIGN_BIT), a);
  }

  reciprocal(a: Value): Value {
    return this.#block.binary('div', this.#block.float(1), a);
  }

  /** The greater or smaller of two values; NaN if either is. */
  extremum(op: 'max' | 'min', a: Value, b: Value): Value {
    const block = this.#block;
    return block.choose(['unordered', a, a], a, block.binary(op, a, b));
  }

  /** exp(x) = 2^n exp(r) with |r| <= ln 2 / 2. */
  exp(x: Value): Value {
    const block = this.#block;
    // Beyond these bounds the result is 0 or infinity; within them, n fits into two exponents.
    const bounded = block.binary('max', block.float(-104), block.binary('min', block.float(89), x));
    const n = block.unary('round', block.binary('mul', bounded, block.float(Math.LOG2E)));
    const high = block.fused('negateMultiplyAdd', n, block.float(LN2_HIGH), bounded);
    const r = block.fused('negateMultiplyAdd', n, block.float(LN2_LOW), high);
    const tail = block.fused('multiplyAdd', this.#polynomial(EXP, r), block.binary('mul', r, r), r);
    return this.#scale(block.binary('add', tail, block.float(1)), n);
  }

  sigmoid(x: Value): Value {
    const block = this.#block;
    return this.reciprocal(block.binary('add', this.exp(this.negate(x)), block.float(1)));
  }

  tanh(x: Value): Value {
    return this.#oddRational(x, { limit: TANH_LIMIT, numerator: TANH_NUMERATOR, denominator: TANH_DENOMINATOR });
  }

  erf(x: Value): Value {
    return this.#oddRational(x, { limit: ERF_LIMIT, numerator: ERF_NUMERATOR, denominator: ERF_DENOMINATOR });
  }

  /** x P(x^2) / Q(x^2), which tends to 1 at the limit and beyond. Odd in every rounding, so the sign symmetry is exact. */
  #oddRational(
    x: Value,
    { limit, numerator, denominator }: { limit: number; numerator: readonly number[]; denominator: readonly number[] },
  ): Value {
    const bounded = this.#clamp(x, limit);
    const square = this.#block.binary('mul', bounded, bounded);
    const p = this.#block.binary('mul', bounded, this.#polynomial(numerator, square));
    return this.#clamp(this.#block.binary('div', p, this.#polynomial(denominator, square)), 1);
  }

  #clamp(x: Value, limit: number): Value {
    const block = this.#block;
    return block.binary('max', block.float(-limit), block.binary('min', block.float(limit), x));
  }

  /** Horner's scheme, lowest coefficient first. */
  #polynomial(coefficients: readonly number[], x: Value): Value {
    return coefficients
      .map((coefficient) => this.#block.float(coefficient))
      .reduceRight((sum, coefficient) => this.#block.fused('multiplyAdd', sum, x, coefficient));
  }

  /** x * 2^n for an integral float n, in two factors because one exponent may not hold n. */
  #scale(x: Value, n: Value): Value {
    const block = this.#block;
    if (this.#options.hasScale) return block.binary('scale', x, n);
    const whole = block.unary('convertToInt', n);
    const half = block.shift('shiftRightArithmetic', whole, 1);
    const rest = block.binary('subInt', whole, half);
    return block.binary('mul', block.binary('mul', x, this.#powerOfTwo(half)), this.#powerOfTwo(rest));
  }

  /** 2^n from its bits. */
  #powerOfTwo(n: Value): Value {
    return this.#block.shift('shiftLeft', this.#block.binary('addInt', n, this.#block.int(127)), 23);
  }

  /** log(x) = e ln 2 + log(1 + f) with 1 + f in [sqrt(1/2), sqrt(2)). */
  log(x: Value): Value {
    const block = this.#block;
    const isSubnormal = block.compare('less', x, block.float(1.1754943508222875e-38));
    const normal = block.select(isSubnormal, block.binary('mul', x, block.float(2 ** 25)), x);
    // The bits of sqrt(1/2), subtracted so that the exponent field counts from there.
    const shifted = block.binary('subInt', normal, block.int(0x3f3504f3));
    const exponent = block.shift('shiftRightArithmetic', shifted, 23);
    const mantissa = block.binary('subInt', normal, block.shift('shiftLeft', exponent, 23));
    const f = block.binary('sub', mantissa, block.float(1));
    const bias = block.binary('and', isSubnormal, block.float(-25));
    const e = block.binary('add', block.unary('convertToFloat', exponent), bias);
    return this.#logSpecialCases(x, this.#logOfParts(e, f));
  }

  #logOfParts(e: Value, f: Value): Value {
    const block = this.#block;
    const square = block.binary('mul', f, f);
    const cubic = block.binary('mul', block.binary('mul', this.#polynomial(LOG, f), square), f);
    const low = block.fused('multiplyAdd', e, block.float(LN2_LOW), cubic);
    const sum = block.binary('add', f, block.fused('negateMultiplyAdd', square, block.float(0.5), low));
    return block.fused('multiplyAdd', e, block.float(LN2_HIGH), sum);
  }

  #logSpecialCases(x: Value, result: Value): Value {
    const block = this.#block;
    const infinity = block.float(Number.POSITIVE_INFINITY);
    const zero = block.float(0);
    const atInfinity = block.choose(['equal', x, infinity], infinity, result);
    const atZero = block.choose(['equal', x, zero], block.float(Number.NEGATIVE_INFINITY), atInfinity);
    // Negative numbers and NaN are not greater than or equal to zero.
    return block.choose(['greaterOrEqual', x, zero], atZero, block.float(Number.NaN));
  }
}
