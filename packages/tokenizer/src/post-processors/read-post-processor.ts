import { shown } from '../errors.ts';
import type { JsonFields } from '../json-fields.ts';
import { ByteLevelPostProcessor } from './byte-level.ts';
import type { PostProcessor } from './post-processor.ts';

/** Reads the object under `post_processor`. */
export function readPostProcessor(fields: JsonFields): PostProcessor {
  const postProcessor = readByType(fields.string('type'), fields);
  fields.done();
  return postProcessor;
}

function readByType(type: string, fields: JsonFields): PostProcessor {
  switch (type) {
    case 'ByteLevel':
      return new ByteLevelPostProcessor({
        addPrefixSpace: fields.boolean('add_prefix_space', true),
        trimOffsets: fields.boolean('trim_offsets', true),
        useRegex: fields.boolean('use_regex', true),
      });
    default:
      return fields.fail('TOKENIZER_UNKNOWN_TYPE', `there is no post-processor ${shown(type)}`, undefined, 'type');
  }
}
