/** Normalization forms of Unicode. */
export type UnicodeForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

/** More marks than any script stacks on a letter. */
const LONG_MARKS = /\p{M}{32,}/gu;
const HAS_LONG_MARKS = /\p{M}{32}/u;

/**
 * `text.normalize(form)` in O(n log n): engines sort the marks on a letter by insertion, which takes quadratic time for a text that consists of marks.
 * Long runs are sorted here first, so that nothing is left to move.
 */
export function toForm(text: string, form: UnicodeForm): string {
  if (!HAS_LONG_MARKS.test(text)) return text.normalize(form);
  const compatible = form === 'NFC' || form === 'NFD' ? 'NFD' : 'NFKD';
  const sorted = text.replace(LONG_MARKS, (run) =>
    sortMarks(Array.from(run, (mark) => mark.normalize(compatible)).join('')),
  );
  return sorted.normalize(form);
}

/** Stable sort by combining class within stretches of marks that have one. */
function sortMarks(run: string): string {
  const result: string[] = [];
  let movable: string[] = [];
  const flush = (): void => {
    result.push(movable.sort((a, b) => orderOf(a) - orderOf(b)).join(''));
    movable = [];
  };
  for (const mark of run) {
    if (orderOf(mark) === 0) {
      flush();
      result.push(mark);
    } else {
      movable.push(mark);
    }
  }
  flush();
  return result.join('');
}

const orders = new Map<string, number>();

/** One mark of each combining class, in the order of the classes. */
const CLASS_MARKS = Array.from(
  '\u0334\u{16ff0}\u093c\u3099\u094d\u05b0\u05b1\u05b2\u05b3\u05b4\u05b5\u05b6\u05b7\u05b8\u05b9\u05bb\u05bc\u05bd\u05bf\u05c1\u05c2\ufb1e\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670\u0711\u0c55\u0c56\u0e38\u0e48\u0eb8\u0ec8\u0f71\u0f72\u0f74\u0321\u1dce\u031b\u1dfa\u0316\u059a\u302e\u1d16d\u05ae\u0301\u035c\u035d\u0345',
);

/** A number that grows with the combining class; 0 for marks that do not move. Found by asking the engine which of two marks it puts first. */
function orderOf(mark: string): number {
  const known = orders.get(mark);
  if (known !== undefined) return known;
  let order = 0;
  if (swaps(mark, '\u0334') || swaps('\u0345', mark)) {
    order = 1;
    for (const [index, other] of CLASS_MARKS.entries()) if (swaps(mark, other)) order = index + 2;
  }
  orders.set(mark, order);
  return order;
}

function swaps(first: string, second: string): boolean {
  return (first + second).normalize('NFD') === second + first && first !== second;
}
