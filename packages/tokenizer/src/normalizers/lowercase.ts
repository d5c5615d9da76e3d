import type { NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import { mapCharacters } from './map-characters.ts';
import type { Normalizer } from './normalizer.ts';

/** Lower case, character by character: a final sigma is no exception, unlike in JavaScript's `toLowerCase`. */
export class LowercaseNormalizer implements Normalizer {
  normalize(text: NormalizedString): NormalizedString {
    return lowercase(text);
  }

  toJson(): JsonOutput {
    return { type: 'Lowercase' };
  }
}

/** `text` in lower case. */
export function lowercase(text: NormalizedString): NormalizedString {
  // eslint-disable-next-line no-control-regex -- ASCII maps one to one
  if (/^[\x00-\x7f]*$/.test(text.text)) return text.withText(text.text.toLowerCase());
  return mapCharacters(text, (codePoint) => {
    const character = String.fromCodePoint(codePoint);
    const lower = character.toLowerCase();
    return lower === character ? undefined : lower;
  });
}
