import { TokenizerError } from '../errors.ts';
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
  const pattern = fields.has('Regex') ? readRegex(fields) : new LiteralPattern(fields.string('String'));
  fields.done();
  return pattern;
}

function readRegex(fields: JsonFields): RegexPattern {
  try {
    return new RegexPattern(fields.string('Regex'));
  } catch (cause) {
    if (!(cause instanceof TokenizerError) || cause.code !== 'TOKENIZER_PATTERN') throw cause;
    const { offset, hint } = cause;
    const what = cause.message.replace(/^TOKENIZER_PATTERN: (?:@ \d+: )?/, '');
    throw new TokenizerError('TOKENIZER_PATTERN', what.split(', got ')[0] ?? what, {
      file: fields.file,
      jsonPointer: `${fields.pointer}/Regex`,
      offset,
      hint,
      cause,
    });
  }
}
