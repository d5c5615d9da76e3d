import { shown } from '../errors.ts';
import type { JsonFields } from '../json-fields.ts';
import { readPattern } from '../patterns/read-pattern.ts';
import { BertNormalizer } from './bert.ts';
import { fromBase64 } from './charsmap.ts';
import { LowercaseNormalizer } from './lowercase.ts';
import type { Normalizer } from './normalizer.ts';
import { PrecompiledNormalizer } from './precompiled.ts';
import { ReplaceNormalizer } from './replace.ts';
import { SequenceNormalizer } from './sequence.ts';
import { StripAccentsNormalizer, UnicodeNormalizer } from './unicode.ts';
import { NmtNormalizer, PrependNormalizer, StripNormalizer } from './whitespace.ts';

/** Reads the object under `normalizer`. */
export function readNormalizer(fields: JsonFields): Normalizer {
  const normalizer = fields.within(() => readByType(fields.string('type'), fields));
  fields.done();
  return normalizer;
}

function readByType(type: string, fields: JsonFields): Normalizer {
  switch (type) {
    case 'BertNormalizer':
      return new BertNormalizer({
        cleanText: fields.boolean('clean_text', true),
        handleChineseChars: fields.boolean('handle_chinese_chars', true),
        stripAccents: fields.value('strip_accents') === undefined ? undefined : fields.boolean('strip_accents'),
        lowercase: fields.boolean('lowercase', true),
      });
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return new UnicodeNormalizer(type);
    case 'Lowercase':
      return new LowercaseNormalizer();
    case 'StripAccents':
      return new StripAccentsNormalizer();
    case 'Replace':
      return new ReplaceNormalizer(readPattern(fields.object('pattern')), fields.string('content'));
    case 'Strip':
      return new StripNormalizer({
        left: fields.boolean('strip_left', true),
        right: fields.boolean('strip_right', true),
      });
    case 'Prepend':
      return new PrependNormalizer(fields.string('prepend'));
    case 'Nmt':
      return new NmtNormalizer();
    case 'Precompiled':
      return new PrecompiledNormalizer(fromBase64(fields.string('precompiled_charsmap')));
    case 'Sequence':
      return new SequenceNormalizer(fields.objects('normalizers').map(readNormalizer));
    default:
      return fields.fail('TOKENIZER_UNKNOWN_TYPE', `there is no normalizer ${shown(type)}`, undefined, 'type');
  }
}
