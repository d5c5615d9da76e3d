import { shown } from '../errors.ts';
import type { JsonFields } from '../json-fields.ts';
import { readPattern } from '../patterns/read-pattern.ts';
import { readCharacter, readPrependScheme } from '../pre-tokenizers/read-pre-tokenizer.ts';
import { BpeDecoder } from './bpe.ts';
import { ByteFallbackDecoder } from './byte-fallback.ts';
import { ByteLevelDecoder } from './byte-level.ts';
import { CtcDecoder } from './ctc.ts';
import type { Decoder } from './decoder.ts';
import { FuseDecoder } from './fuse.ts';
import { MetaspaceDecoder } from './metaspace.ts';
import { ReplaceDecoder } from './replace.ts';
import { SequenceDecoder } from './sequence.ts';
import { StripDecoder } from './strip.ts';
import { WordPieceDecoder } from './word-piece.ts';

/** Reads the object under `decoder`. */
export function readDecoder(fields: JsonFields): Decoder {
  const decoder = fields.within(() => readByType(fields.string('type'), fields));
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
    case 'WordPiece':
      return new WordPieceDecoder({ prefix: fields.string('prefix', '##'), cleanup: fields.boolean('cleanup', true) });
    case 'BPEDecoder':
      return new BpeDecoder(fields.string('suffix', '</w>'));
    case 'Metaspace':
      return new MetaspaceDecoder({
        replacement: readCharacter(fields, 'replacement'),
        prependScheme: readPrependScheme(fields),
        split: fields.boolean('split', true),
      });
    case 'ByteFallback':
      return new ByteFallbackDecoder();
    case 'Strip':
      return new StripDecoder({
        content: readCharacter(fields, 'content'),
        start: fields.count('start', 0),
        stop: fields.count('stop', 0),
      });
    case 'Replace':
      return new ReplaceDecoder(readPattern(fields.object('pattern')), fields.string('content'));
    case 'CTC':
      return new CtcDecoder({
        padToken: fields.string('pad_token'),
        wordDelimiterToken: fields.string('word_delimiter_token'),
        cleanup: fields.boolean('cleanup', true),
      });
    case 'Sequence':
      return new SequenceDecoder(fields.objects('decoders').map(readDecoder));
    default:
      return fields.fail('TOKENIZER_UNKNOWN_TYPE', `there is no decoder ${shown(type)}`, undefined, 'type');
  }
}
