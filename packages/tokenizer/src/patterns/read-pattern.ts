import type { JsonFields } from '../json-fields.ts';
import { LiteralPattern } from './literal-pattern.ts';
import type { Pattern } from './pattern.ts';
import { RegexPattern } from './regex-pattern.ts';

/**
 * Reads `{"String": ...}` or `{"Regex": ...}`.
 *
 * @throws {TokenizerError} `TOKENIZER_PATTERN` for a regular expression that cannot be searched for in linear time.
 */
export function readPattern(fields: JsonFields): Pattern {
  const pattern = fields.has('Regex')
    ? fields.within(() => new RegexPattern(fields.string('Regex')))
    : new LiteralPattern(fields.string('String'));
  fields.done();
  return pattern;
}
