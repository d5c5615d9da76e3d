import { shown } from '../errors.ts';
import { JsonFields } from '../json-fields.ts';
import type { JsonValue } from '../safe-json.ts';
import { BertPostProcessor, type TokenAndId } from './bert.ts';
import { ByteLevelPostProcessor } from './byte-level.ts';
import type { PostProcessor } from './post-processor.ts';
import { RobertaPostProcessor } from './roberta.ts';
import { SequencePostProcessor } from './sequence.ts';
import { type TemplatePiece, TemplatePostProcessor, type TemplateSpecial } from './template.ts';

/** Reads the object under `post_processor`. */
export function readPostProcessor(fields: JsonFields): PostProcessor {
  const postProcessor = fields.within(() => readByType(fields.string('type'), fields));
  fields.done();
  return postProcessor;
}

function readByType(type: string, fields: JsonFields): PostProcessor {
  switch (type) {
    case 'BertProcessing':
      return new BertPostProcessor({ separator: readToken(fields, 'sep'), classifier: readToken(fields, 'cls') });
    case 'RobertaProcessing':
      return new RobertaPostProcessor({
        separator: readToken(fields, 'sep'),
        classifier: readToken(fields, 'cls'),
        trimOffsets: fields.boolean('trim_offsets', true),
        addPrefixSpace: fields.boolean('add_prefix_space', true),
      });
    case 'ByteLevel':
      return new ByteLevelPostProcessor({
        addPrefixSpace: fields.boolean('add_prefix_space', true),
        trimOffsets: fields.boolean('trim_offsets', true),
        useRegex: fields.boolean('use_regex', true),
      });
    case 'TemplateProcessing':
      return new TemplatePostProcessor({
        single: fields.objects('single').map(readPiece),
        pair: fields.objects('pair').map(readPiece),
        specials: readSpecials(fields),
      });
    case 'Sequence':
      return new SequencePostProcessor(fields.objects('processors').map(readPostProcessor));
    default:
      return fields.fail('TOKENIZER_UNKNOWN_TYPE', `there is no post-processor ${shown(type)}`, undefined, 'type');
  }
}

function readToken(fields: JsonFields, key: string): TokenAndId {
  const [token, id, ...rest] = fields.list(key);
  if (typeof token === 'string' && isId(id) && rest.length === 0) return [token, id];
  return fields.fail('TOKENIZER_FIELD', 'must be a pair of a token and its id', undefined, key);
}

function readPiece(fields: JsonFields): TemplatePiece {
  const isSequence = fields.has('Sequence');
  const piece = fields.object(isSequence ? 'Sequence' : 'SpecialToken');
  const typeId = piece.count('type_id');
  const result = isSequence
    ? { sequence: piece.oneOf('id', ['A', 'B']), typeId }
    : { special: piece.string('id'), typeId };
  piece.done();
  fields.done();
  return result;
}

function readSpecials(fields: JsonFields): Map<string, TemplateSpecial> {
  const specials = new Map<string, TemplateSpecial>();
  for (const [name, value] of fields.map('special_tokens')) {
    const special = new JsonFields(value, `${fields.pointer}/special_tokens/${name.slice(0, 100)}`, fields.file);
    if (special.string('id') !== name) special.fail('TOKENIZER_TEMPLATE', 'id must equal its key', undefined, 'id');
    const ids = special.list('ids').filter(isId);
    const tokens = special.list('tokens').filter((token) => typeof token === 'string');
    if (ids.length !== special.list('ids').length || tokens.length !== ids.length) {
      special.fail('TOKENIZER_TEMPLATE', 'ids must be whole numbers and tokens as many strings');
    }
    special.done();
    specials.set(name, { ids, tokens });
  }
  return specials;
}

function isId(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= 0x7fffffff;
}
