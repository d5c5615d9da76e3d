import { shown, TokenizerError } from '../errors.ts';
import type { JsonFields } from '../json-fields.ts';
import { DEFAULT_LIMITS, type TokenizerLimits } from '../limits.ts';
import type { JsonValue } from '../safe-json.ts';
import { Bpe } from './bpe.ts';
import type { Model } from './model.ts';
import { Unigram } from './unigram.ts';
import { readVocabulary, type Vocabulary } from './vocabulary.ts';
import { WordLevel } from './word-level.ts';
import { WordPiece } from './word-piece.ts';

/** Reads the object under `model`. Older files leave out `type`; it follows from the fields. */
export function readModel(fields: JsonFields, limits: Partial<TokenizerLimits> = {}): Model {
  const type = fields.optionalString('type') ?? guessType(fields);
  const model = fields.within(() => readByType(type, fields, limits.vocabSize ?? DEFAULT_LIMITS.vocabSize));
  fields.done();
  return model;
}

function readByType(type: string, fields: JsonFields, vocabSize: number): Model {
  switch (type) {
    case 'BPE':
      return readBpe(fields, vocabSize);
    case 'Unigram':
      return readUnigram(fields, vocabSize);
    case 'WordPiece':
      return new WordPiece({
        vocabulary: vocabularyOf(fields, vocabSize),
        unknownToken: fields.string('unk_token', '[UNK]'),
        continuingSubwordPrefix: fields.string('continuing_subword_prefix', '##'),
        maxInputCharsPerWord: fields.count('max_input_chars_per_word', 100),
      });
    case 'WordLevel':
      return new WordLevel({
        vocabulary: vocabularyOf(fields, vocabSize),
        unknownToken: fields.string('unk_token', '<unk>'),
      });
    default:
      return fields.fail('TOKENIZER_UNKNOWN_TYPE', `there is no model ${shown(type)}`, undefined, 'type');
  }
}

function guessType(fields: JsonFields): string {
  if (fields.has('merges')) return 'BPE';
  if (Array.isArray(fields.value('vocab'))) return 'Unigram';
  return fields.has('continuing_subword_prefix') ? 'WordPiece' : 'WordLevel';
}

function readBpe(fields: JsonFields, vocabSize: number): Bpe {
  const dropout = fields.value('dropout');
  if (dropout !== undefined && typeof dropout !== 'number') {
    return fields.fail('TOKENIZER_FIELD', 'must be a number or null', undefined, 'dropout');
  }
  return new Bpe({
    vocabulary: vocabularyOf(fields, vocabSize),
    merges: fields.list('merges').map((merge, rank) => readMerge(merge, rank, fields)),
    unknownToken: fields.optionalString('unk_token'),
    continuingSubwordPrefix: fields.optionalString('continuing_subword_prefix'),
    endOfWordSuffix: fields.optionalString('end_of_word_suffix'),
    fuseUnknown: fields.boolean('fuse_unk', false),
    byteFallback: fields.boolean('byte_fallback', false),
    ignoreMerges: fields.boolean('ignore_merges', false),
    dropout,
  });
}

function vocabularyOf(fields: JsonFields, vocabSize: number): Vocabulary {
  return readVocabulary(fields.value('vocab'), fields.pointer, { file: fields.file, vocabSize });
}

/** `["a", "b"]`, or `"a b"` in older files. */
function readMerge(merge: JsonValue, rank: number, fields: JsonFields): readonly [string, string] {
  const parts = typeof merge === 'string' ? merge.split(' ') : merge;
  if (Array.isArray(parts) && parts.length === 2) {
    const [left, right] = parts;
    if (typeof left === 'string' && typeof right === 'string') return [left, right];
  }
  return fields.fail('TOKENIZER_MERGES', `must be a pair of strings`, undefined, `merges/${rank}`);
}

function readUnigram(fields: JsonFields, vocabSize: number): Unigram {
  const list = fields.list('vocab');
  if (list.length > vocabSize) {
    throw new TokenizerError('RESOURCE_LIMIT', `a vocabulary may have at most ${vocabSize} pieces`, {
      file: fields.file,
      jsonPointer: `${fields.pointer}/vocab`,
      actual: `${list.length}`,
      hint: 'Raise limits.vocabSize if you trust the file.',
    });
  }
  const pieces = list.map((entry, id): [string, number] => {
    if (Array.isArray(entry) && entry.length === 2) {
      const [piece, score] = entry;
      if (typeof piece === 'string' && typeof score === 'number') return [piece, score];
    }
    return fields.fail('TOKENIZER_VOCABULARY', 'must be a pair of a string and a number', undefined, `vocab/${id}`);
  });
  const unknownId = fields.optionalCount('unk_id');
  return new Unigram({ pieces, unknownId, byteFallback: fields.boolean('byte_fallback', false) });
}
