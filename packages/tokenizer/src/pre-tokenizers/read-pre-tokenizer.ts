import { shown } from '../errors.ts';
import type { JsonFields } from '../json-fields.ts';
import { readPattern } from '../patterns/read-pattern.ts';
import { BertPreTokenizer } from './bert.ts';
import { ByteLevelPreTokenizer } from './byte-level.ts';
import { MetaspacePreTokenizer, PREPEND_SCHEMES, type PrependScheme } from './metaspace.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';
import { DigitsPreTokenizer, PunctuationPreTokenizer } from './punctuation.ts';
import { SequencePreTokenizer } from './sequence.ts';
import { SPLIT_BEHAVIORS, SplitPreTokenizer } from './split.ts';
import { CharDelimiterPreTokenizer, WhitespacePreTokenizer, WhitespaceSplitPreTokenizer } from './whitespace.ts';

/** Reads the object under `pre_tokenizer`. */
export function readPreTokenizer(fields: JsonFields): PreTokenizer {
  const preTokenizer = fields.within(() => readByType(fields.string('type'), fields));
  fields.done();
  return preTokenizer;
}

function readByType(type: string, fields: JsonFields): PreTokenizer {
  switch (type) {
    case 'BertPreTokenizer':
      return new BertPreTokenizer();
    case 'ByteLevel':
      return new ByteLevelPreTokenizer({
        addPrefixSpace: fields.boolean('add_prefix_space', true),
        trimOffsets: fields.boolean('trim_offsets', true),
        useRegex: fields.boolean('use_regex', true),
      });
    case 'Metaspace':
      return new MetaspacePreTokenizer({
        replacement: readCharacter(fields, 'replacement'),
        prependScheme: readPrependScheme(fields),
        split: fields.boolean('split', true),
      });
    case 'Whitespace':
      return new WhitespacePreTokenizer();
    case 'WhitespaceSplit':
      return new WhitespaceSplitPreTokenizer();
    case 'CharDelimiterSplit':
      return new CharDelimiterPreTokenizer(readCharacter(fields, 'delimiter'));
    case 'Punctuation':
      return new PunctuationPreTokenizer(fields.oneOf('behavior', SPLIT_BEHAVIORS, 'Isolated'));
    case 'Digits':
      return new DigitsPreTokenizer({ individualDigits: fields.boolean('individual_digits', false) });
    case 'Split':
      return new SplitPreTokenizer({
        pattern: readPattern(fields.object('pattern')),
        behavior: fields.oneOf('behavior', SPLIT_BEHAVIORS),
        invert: fields.boolean('invert', false),
      });
    case 'Sequence':
      return new SequencePreTokenizer(fields.objects('pretokenizers').map(readPreTokenizer));
    default:
      return fields.fail('TOKENIZER_UNKNOWN_TYPE', `there is no pre-tokenizer ${shown(type)}`, undefined, 'type');
  }
}

/** `prepend_scheme`, or `add_prefix_space` (true = always) in older files. */
export function readPrependScheme(fields: JsonFields): PrependScheme {
  fields.value('str_rep'); // The replacement once more, in older files.
  const addPrefixSpace = fields.boolean('add_prefix_space', true);
  const scheme = fields.oneOf('prepend_scheme', PREPEND_SCHEMES, 'always');
  if (!addPrefixSpace && scheme !== 'never') {
    return fields.fail(
      'TOKENIZER_FIELD',
      'add_prefix_space false needs prepend_scheme "never"',
      undefined,
      'prepend_scheme',
    );
  }
  return scheme;
}

/** A field that must hold one character. */
export function readCharacter(fields: JsonFields, key: string): string {
  const text = fields.string(key);
  return Array.from(text).length === 1 ? text : fields.fail('TOKENIZER_FIELD', 'must be one character', undefined, key);
}
