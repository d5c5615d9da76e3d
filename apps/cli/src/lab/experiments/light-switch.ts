import type { RandomKey } from '@cloze/core';

/** How often somebody comes by the light. */
export const NUM_VISITS = 12;

/** A light, on or off, and what those who come by do with the switch: flip it or keep it as it is. */
export interface LightProblem {
  readonly start: boolean;
  readonly flips: readonly boolean[];
}

/** A problem; of all 8,192 an eighth is kept for the test. */
export function lightProblem(key: RandomKey, { isTest }: { readonly isTest: boolean }): LightProblem {
  for (let draw = 0; ; draw++) {
    const own = key.fold(draw);
    const problem = {
      start: own.fold('start').integer(2) === 1,
      flips: Array.from(own.fold('flips').uniform(NUM_VISITS), (value) => value < 0.5),
    };
    if (isOfTest(problem) === isTest) return problem;
  }
}

/** Whether the first, the fifth and the ninth visitor do the same and the light is off at first: this says nothing about the answer. */
function isOfTest({ start, flips }: LightProblem): boolean {
  return !start && flips[0] === flips[4] && flips[4] === flips[8];
}

/** `off: flip keep flip`, as far as it is asked. */
export function question({ start, flips }: LightProblem): string {
  return `${state(start)}: ${flips.map(visit).join(' ')}`;
}

/** `on` or `off`, as it is at last. */
export function answer(problem: LightProblem): string {
  return state(statesOf(problem).at(-1) ?? problem.start);
}

/** What stands before the answer itself. */
export const EQUALS = ' =';
/** What stands before the thoughts. */
export const SO = ' so';

/** ` flip on keep on flip off`: who came by, and how the light was then. */
export function thoughts(problem: LightProblem): string {
  const states = statesOf(problem);
  return problem.flips.map((isFlip, index) => ` ${visit(isFlip)} ${state(states[index] ?? false)}`).join('');
}

/** Two problems, one answered at once and one with thoughts. Either may come first. */
export function lightDocument(key: RandomKey): string {
  const [a, b] = [key.fold('a'), key.fold('b')].map((own) => lightProblem(own, { isTest: false }));
  if (a === undefined || b === undefined) return '';
  const lines = [`${question(a)}${EQUALS} ${answer(a)}`, `${question(b)}${SO}${thoughts(b)}${EQUALS} ${answer(b)}`];
  return (key.fold('order').integer(2) === 0 ? lines : lines.toReversed()).join('\n');
}

function statesOf({ start, flips }: LightProblem): boolean[] {
  let isOn = start;
  return flips.map((isFlip) => (isOn = isOn !== isFlip));
}

function visit(isFlip: boolean): string {
  return isFlip ? 'flip' : 'keep';
}

function state(isOn: boolean): string {
  return isOn ? 'on' : 'off';
}
