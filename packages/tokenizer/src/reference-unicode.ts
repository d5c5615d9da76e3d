/**
 * Where the Unicode tables of the reference (tokenizers 0.23) differ from those of current JavaScript engines: characters that were assigned or changed
 * after the versions of Unicode that its parts were built with. Found by asking the reference about every code point. With them, ids depend neither on
 * the JavaScript engine's Unicode version nor differ from the reference's.
 *
 * Ranges in base 36: distance from the end of the one before, `+` and the number of further characters.
 */
const NEWER_MARKS =
  '1kt 4a+8 17+9 8b 70+5 2e 4v 1k 53 d 1n+1 1x 8p k 1mv 6y j4+u 3+b ek 73+4 raq 5v js5+3 1u+4 8u+1 26+5 1z+a 1e+3 6j 3+1 26 3n+1 3n 5+1 36 6y 3h+8 2 3 2+3 2+4 2 f+1 3g r2+e 6u+5 2+1 3+3 2 2+1 3y+6 3+6 4 t+9 15+6 2+3 9 a+a 1b+f 5j+7 cq+5 4 2+1 2+6 2 1v+4 2+1 2+4 9o+3 a+1 2 1d+6 4+4 o 44m 7+e 8uh+h 2sg 1c+8 2l c+1 irz+19 3+m 3ex 4h+6 ag 1q+3 e5+3 73+1 6s 3 8+1 6';
const NEWER_NONSPACING_MARKS =
  '1kt 4a+8 17+n 7x 70+5 2e 4v 1k 5g 1n+1 1x 8p k 1tt 3a+1 ft+u 3+b ln+5 rap 49 1m 5a jmv+3 1u+4 8u+1 26+5 1z+a 1e+3 6j 3+1 26 7b 6 33 3 6y 3k+5 e 2 2 f+1 2e+7 3+2 2 o r5+8 2+1 75+1 2 5 41+3 3+1 5 x+9 15+5 3+3 9 a+5 3+2 1b+c 2+1 5j 2+2 2 5m+6 2+5 2 2b+l 3+6 2+1 2+1 3f+5 4 2+1 2+6 2 21+1 4 2 9o+1 c+1 1h+4 6 2 o 44m 7+e 8uh+b 4+2 2sg 45 isc+19 3+m 3ay+6 2+g 3+6 2+1 2+4 2t 4h+6 ag 1q+3 e5+3 73+1 6s 3 8+1 6 gf+6';
const NEWER_PUNCTUATION =
  '17h rk 3d e9 d 2x6+1 1a+2 3pg+c 3+b 1829 8v z 3p+4 19+3 uj+1 2+1 37+4 b+1 2 eb+c 25 aq 7d+2 4c 2l+7 2c+2 2+4 2m+9 60 2o+4 17+1 hy+1 23+c 4w 35e+1 c57+2 88+3 94 nbx nz+1';
const NEWER_WORD_CHARACTERS =
  '1ov r1 3k 2r7+e 3+b rtv+1 3 2 t j7z+p 12k+2 1f+1 2g5+7 g9+17 5+9 fxz+o 3+o 7z+4 4qq+7 zu+l 2q+36 hji+u 2+l 9+1 154r+5 4mb+b gsj+3bd';
const NEWER_LETTERS =
  '1ov r1 3k ulu+1 3 2 t j7z+p 12k+2 2y1+17 fyd+o 3+o 7z+1 4qt+7 zu+l 2q+36 hji+u 2+2 2+1 2+6 3+4 a+1 154r+5 4mb+b gsj+3bd';

/** Characters outside a class in the reference, and inside it there but not here. */
export const REFERENCE_DIFFERENCES: Readonly<
  Record<
    'control' | 'mark' | 'nonspacingMark' | 'punctuation' | 'word' | 'letter' | 'number',
    { readonly outside: string; readonly inside: string }
  >
> = {
  control: { outside: '1ow+1 29 1g4r 6zn+f', inside: '' },
  mark: { outside: NEWER_MARKS, inside: '5pu+1' },
  nonspacingMark: { outside: NEWER_NONSPACING_MARKS, inside: '4l0 1eju' },
  punctuation: { outside: NEWER_PUNCTUATION, inside: '4fh 1dng' },
  word: { outside: NEWER_WORD_CHARACTERS, inside: '' },
  letter: { outside: NEWER_LETTERS, inside: '' },
  /** `\p{N}` of regular expressions; `NUMERIC` of `Digits` knows newer ones. */
  number: { outside: '1kgw+9 g7f+2', inside: '' },
};

/** Marks that normalization forms do not move: they have no combining class in the reference. */
const NEWER_MOVING_MARKS =
  '1kt 4a+8 17+9 8b fy 73+1 am 1nf q2+u 3+b ln+4 raq jy0+3 1u+4 8u+1 26+1 2+2 1z+a 1e+3 6j jv 43+2 3y rf+1 77+1 5 4d 2c j 2a ix 2+1 2a bu+1 d0t 2wx+1 m8u 4h+6 ag 1q+3 e5+3 73+1 6s 3 8+1 6';

/** Characters that the reference leaves as they are in a normalization form. */
const NOT_DECOMPOSED: Readonly<Record<'NFC' | 'NFD' | 'NFKC' | 'NFKD', string>> = {
  NFC: '',
  NFD: '1fpl r 2ov 2 9 3 1g 2+1 12o e7d+7 2f4+2',
  NFKC: 'a2n n3m+3 ol i6w+4 2+15 2+8 12xo+z 3sn+1p 3cv 22s+9',
  NFKD: 'a2n n3m+3 ol huo r bh+4 2+15 2+8 2bt 2 9 3 1g 2+1 12o e7d+7 2f4+2 iuk+z 3sn+1p 3cv 22s+9',
};

/** Characters that the reference neither changes nor moves in a normalization form, as ranges. */
export function untouchedRanges(form: keyof typeof NOT_DECOMPOSED): [first: number, last: number][] {
  return [...readRanges(NOT_DECOMPOSED[form]), ...readRanges(NEWER_MOVING_MARKS)];
}

/** The ranges of a list as first and last code points. */
export function readRanges(list: string): [first: number, last: number][] {
  let last = 0;
  if (list === '') return [];
  return list.split(' ').map((range) => {
    const [distance = '', more = '0'] = range.split('+');
    const first = last + Number.parseInt(distance, 36);
    last = first + Number.parseInt(more, 36);
    return [first, last];
  });
}
