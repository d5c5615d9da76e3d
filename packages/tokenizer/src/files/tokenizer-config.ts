import { JsonFields } from '../json-fields.ts';
import { type JsonValue, parseJson, type ReadOptions } from '../safe-json.ts';

/** What `tokenizer_config.json` and `special_tokens_map.json` say beyond `tokenizer.json`. Absent fields are undefined. */
export interface TokenizerConfig {
  readonly beginToken: string | undefined;
  readonly endToken: string | undefined;
  readonly unknownToken: string | undefined;
  readonly separatorToken: string | undefined;
  readonly paddingToken: string | undefined;
  readonly classifierToken: string | undefined;
  readonly maskToken: string | undefined;
  readonly additionalSpecialTokens: readonly string[];
  /** Longest input in tokens; undefined where the file says "no bound" by a huge number. */
  readonly maxLength: number | undefined;
  /** Jinja source: one template, or several by name. */
  readonly chatTemplates: ReadonlyMap<string, string>;
  readonly lowercase: boolean | undefined;
  readonly addPrefixSpace: boolean | undefined;
  /** Class name in the Python library, such as `BertTokenizerFast`. */
  readonly tokenizerClass: string | undefined;
}

/** Larger lengths mean "no bound". */
const LONGEST = 1e9;

/**
 * Reads a `tokenizer_config.json` or a `special_tokens_map.json`; fields that only concern the Python library are left out.
 *
 * @throws {TokenizerError} `JSON_*` or `TOKENIZER_FIELD`.
 */
export function readTokenizerConfig(json: string | Uint8Array, options: ReadOptions = {}): TokenizerConfig {
  const fields = new JsonFields(parseJson(json, options), '', options.file);
  const maxLength = fields.value('model_max_length');
  return {
    beginToken: readToken(fields, 'bos_token'),
    endToken: readToken(fields, 'eos_token'),
    unknownToken: readToken(fields, 'unk_token'),
    separatorToken: readToken(fields, 'sep_token'),
    paddingToken: readToken(fields, 'pad_token'),
    classifierToken: readToken(fields, 'cls_token'),
    maskToken: readToken(fields, 'mask_token'),
    additionalSpecialTokens: readTokens(fields),
    maxLength: typeof maxLength === 'number' && maxLength < LONGEST ? maxLength : undefined,
    chatTemplates: readTemplates(fields),
    lowercase: fields.value('do_lower_case') === undefined ? undefined : fields.boolean('do_lower_case'),
    addPrefixSpace: fields.value('add_prefix_space') === undefined ? undefined : fields.boolean('add_prefix_space'),
    tokenizerClass: fields.optionalString('tokenizer_class'),
  };
}

/** A token as a string, or as an object with `content`. */
function readToken(fields: JsonFields, key: string): string | undefined {
  return contentOf(fields.value(key), fields, key);
}

function contentOf(value: JsonValue | undefined, fields: JsonFields, key: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  return new JsonFields(value, `${fields.pointer}/${key}`, fields.file).string('content');
}

function readTokens(fields: JsonFields): string[] {
  if (fields.value('additional_special_tokens') === undefined) return [];
  return fields.list('additional_special_tokens').map((token, index) => {
    const key = `additional_special_tokens/${index}`;
    return contentOf(token, fields, key) ?? fields.fail('TOKENIZER_FIELD', 'must be a token', undefined, key);
  });
}

function readTemplates(fields: JsonFields): Map<string, string> {
  const value = fields.value('chat_template');
  if (value === undefined) return new Map();
  if (typeof value === 'string') return new Map([['default', value]]);
  return new Map(fields.objects('chat_template').map((entry) => [entry.string('name'), entry.string('template')]));
}
