import { shown } from '../errors.ts';
import type { JsonFields } from '../json-fields.ts';
import { ByteLevelDecoder } from './byte-level.ts';
import type { Decoder } from './decoder.ts';
import { FuseDecoder } from './fuse.ts';

/** Reads the object under `decoder`. */
export function readDecoder(fields: JsonFields): Decoder {
  const decoder = readByType(fields.string('type'), fields);
  fields.done();
  return decoder;
}

function readByType(type: string, fields: JsonFields): Decoder {
  switch (type) {
    case 'ByteLevel':
      return new ByteLevelDecoder({
        addPrefixSpace: fields.boolean('add_prefix_space', true),
        trimOffsets: fields.boolean('trim_offsets', true),
        useRegex: fields.boolean('use_regex', true),
      });
    case 'Fuse':
      return new FuseDecoder();
    default:
      return fields.fail('TOKENIZER_UNKNOWN_TYPE', `there is no decoder ${shown(type)}`, undefined, 'type');
  }
}
