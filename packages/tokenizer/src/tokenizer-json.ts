import type { AddedToken } from './added-tokens.ts';
import { readDecoder } from './decoders/read-decoder.ts';
import { JsonFields } from './json-fields.ts';
import { readModel } from './models/read-model.ts';
import { readNormalizer } from './normalizers/read-normalizer.ts';
import type { Padding } from './padding.ts';
import { readPostProcessor } from './post-processors/read-post-processor.ts';
import { readPreTokenizer } from './pre-tokenizers/read-pre-tokenizer.ts';
import { parseJson, type ReadOptions } from './safe-json.ts';
import type { Tokenizer, TokenizerParts } from './tokenizer.ts';
import type { Truncation } from './truncation.ts';
import { type JsonOutput, writeJson } from './write-json.ts';

/**
 * What `create` makes of the stages in the text or the bytes of a `tokenizer.json`, version 1.0.
 *
 * @throws {TokenizerError} with the JSON pointer of what is wrong.
 */
export function readTokenizerJson<T>(
  json: string | Uint8Array,
  options: ReadOptions,
  create: (parts: TokenizerParts) => T,
): T {
  const fields = new JsonFields(parseJson(json, options), '', options.file);
  const version = fields.string('version', '1.0');
  if (version !== '1.0')
    fields.fail('UNSUPPORTED_FORMAT', `version must be "1.0", not ${JSON.stringify(version.slice(0, 20))}`);
  const normalizer = fields.optionalObject('normalizer');
  const preTokenizer = fields.optionalObject('pre_tokenizer');
  const postProcessor = fields.optionalObject('post_processor');
  const decoder = fields.optionalObject('decoder');
  const truncation = fields.optionalObject('truncation');
  const padding = fields.optionalObject('padding');
  const model = readModel(fields.object('model'), options.limits);
  const addedTokens =
    fields.value('added_tokens') === undefined ? [] : fields.objects('added_tokens').map(readAddedToken);
  fields.done();
  for (const [index, token] of addedTokens.entries()) {
    const known = model.vocabulary.id(token.content);
    if (known !== undefined && known !== token.id) {
      fields.fail(
        'TOKENIZER_VOCABULARY',
        `the id must be ${known}, as in the vocabulary, not ${token.id}`,
        undefined,
        `added_tokens/${index}`,
      );
    }
    const holder = model.vocabulary.token(token.id);
    if (holder !== undefined && holder !== token.content) {
      fields.fail(
        'TOKENIZER_VOCABULARY',
        `the id ${token.id} belongs to another token of the vocabulary`,
        undefined,
        `added_tokens/${index}`,
      );
    }
  }
  const parts = {
    normalizer: normalizer && readNormalizer(normalizer),
    preTokenizer: preTokenizer && readPreTokenizer(preTokenizer),
    model,
    postProcessor: postProcessor && readPostProcessor(postProcessor),
    decoder: decoder && readDecoder(decoder),
    addedTokens,
    truncation: truncation && readTruncation(truncation),
    padding: padding && readPadding(padding),
  };
  // Only the added tokens are still to be checked.
  return new JsonFields(new Map(), '/added_tokens', options.file).within(() => create(parts));
}

/** The text of a `tokenizer.json`, version 1.0. */
export function writeTokenizerJson(tokenizer: Tokenizer): string {
  return writeJson({
    version: '1.0',
    truncation: tokenizer.truncation === undefined ? null : truncationJson(tokenizer.truncation),
    padding: tokenizer.padding === undefined ? null : paddingJson(tokenizer.padding),
    added_tokens: tokenizer.addedTokens.toJson(),
    normalizer: tokenizer.normalizer?.toJson() ?? null,
    pre_tokenizer: tokenizer.preTokenizer?.toJson() ?? null,
    post_processor: tokenizer.postProcessor?.toJson() ?? null,
    decoder: tokenizer.decoder?.toJson() ?? null,
    model: tokenizer.model.toJson(),
  });
}

function readAddedToken(fields: JsonFields): AddedToken {
  const id = fields.count('id');
  if (id > 0x7fffffff) fields.fail('RESOURCE_LIMIT', 'must be below 2^31', undefined, 'id');
  const token = {
    id,
    content: fields.string('content'),
    singleWord: fields.boolean('single_word', false),
    lstrip: fields.boolean('lstrip', false),
    rstrip: fields.boolean('rstrip', false),
    normalized: fields.boolean('normalized', false),
    special: fields.boolean('special', false),
  };
  fields.done();
  return token;
}

const STRATEGIES = { LongestFirst: 'longest-first', OnlyFirst: 'only-first', OnlySecond: 'only-second' } as const;

function readTruncation(fields: JsonFields): Truncation {
  const truncation = {
    maxLength: fields.count('max_length'),
    strategy: STRATEGIES[fields.oneOf('strategy', ['LongestFirst', 'OnlyFirst', 'OnlySecond'], 'LongestFirst')],
    stride: fields.count('stride', 0),
    direction:
      fields.oneOf('direction', ['Left', 'Right'], 'Right') === 'Left' ? ('left' as const) : ('right' as const),
  };
  fields.done();
  return truncation;
}

function truncationJson({
  maxLength,
  strategy = 'longest-first',
  stride = 0,
  direction = 'right',
}: Truncation): JsonOutput {
  const names = { 'longest-first': 'LongestFirst', 'only-first': 'OnlyFirst', 'only-second': 'OnlySecond' };
  return {
    direction: direction === 'left' ? 'Left' : 'Right',
    max_length: maxLength,
    strategy: names[strategy],
    stride,
  };
}

function readPadding(fields: JsonFields): Padding {
  const strategy = fields.value('strategy');
  const padding: Padding = {
    length: strategy instanceof Map ? fields.object('strategy').count('Fixed') : 'longest',
    direction: fields.oneOf('direction', ['Left', 'Right'], 'Right') === 'Left' ? 'left' : 'right',
    toMultipleOf: fields.optionalCount('pad_to_multiple_of'),
    id: fields.count('pad_id', 0),
    typeId: fields.count('pad_type_id', 0),
    token: fields.string('pad_token', '[PAD]'),
  };
  if (!(strategy instanceof Map)) fields.oneOf('strategy', ['BatchLongest'], 'BatchLongest');
  fields.done();
  return padding;
}

function paddingJson({
  length = 'longest',
  direction = 'right',
  toMultipleOf,
  id = 0,
  typeId = 0,
  token = '[PAD]',
}: Padding): JsonOutput {
  return {
    strategy: length === 'longest' ? 'BatchLongest' : { Fixed: length },
    direction: direction === 'left' ? 'Left' : 'Right',
    pad_to_multiple_of: toMultipleOf ?? null,
    pad_id: id,
    pad_type_id: typeId,
    pad_token: token,
  };
}
