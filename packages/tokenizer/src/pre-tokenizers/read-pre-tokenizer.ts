import { shown } from '../errors.ts';
import type { JsonFields } from '../json-fields.ts';
import { readPattern } from '../patterns/read-pattern.ts';
import { ByteLevelPreTokenizer } from './byte-level.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';
import { SPLIT_BEHAVIORS, SplitPreTokenizer } from './split.ts';

/** Reads the object under `pre_tokenizer`. */
export function readPreTokenizer(fields: JsonFields): PreTokenizer {
  const preTokenizer = readByType(fields.string('type'), fields);
  fields.done();
  return preTokenizer;
}

function readByType(type: string, fields: JsonFields): PreTokenizer {
  switch (type) {
    case 'ByteLevel':
      return new ByteLevelPreTokenizer({
        addPrefixSpace: fields.boolean('add_prefix_space', true),
        trimOffsets: fields.boolean('trim_offsets', true),
        useRegex: fields.boolean('use_regex', true),
      });
    case 'Split':
      return new SplitPreTokenizer({
        pattern: readPattern(fields.object('pattern')),
        behavior: fields.oneOf('behavior', SPLIT_BEHAVIORS),
        invert: fields.boolean('invert', false),
      });
    default:
      return fields.fail('TOKENIZER_UNKNOWN_TYPE', `there is no pre-tokenizer ${shown(type)}`, undefined, 'type');
  }
}
