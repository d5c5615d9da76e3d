import { describe, expect, it } from 'vitest';
import { readBertVocabulary } from './bert-vocabulary.ts';
import { readGpt2Files } from './gpt2-files.ts';
import { readSentencePiece } from './sentence-piece.ts';
import { readTokenizerConfig } from './tokenizer-config.ts';

describe('readBertVocabulary', () => {
  it('numbers lines, with either kind of line end', () => {
    const tokenizer = readBertVocabulary('[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\nhello\r\n##s\r\n');
    expect(tokenizer.encode('Hellos x').tokens).toEqual(['[CLS]', 'hello', '##s', '[UNK]', '[SEP]']);
  });

  it.each([
    [
      '[UNK]\n[CLS]\n[SEP]\n[CLS]',
      'TOKENIZER_VOCABULARY: v line 4:1: a token must stand once, but "[CLS]" stands twice.',
    ],
    ['[UNK]\n[CLS]', 'TOKENIZER_VOCABULARY: v line 3:1: a vocabulary of BERT must have [SEP].'],
    ['', 'TOKENIZER_VOCABULARY: v line 1:1: a vocabulary of BERT must have [UNK].'],
  ])('refuses %j', (text, message) => {
    expect(() => readBertVocabulary(text, { file: 'v' })).toThrow(message);
  });
});

describe('readGpt2Files', () => {
  const vocabulary = '{"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3}';

  it('reads pairs and the special token', () => {
    const tokenizer = readGpt2Files({ vocabulary, merges: '#version: 0.2\na b\n' });
    expect([...tokenizer.encodeToIds('ab<|endoftext|>ba')]).toEqual([2, 3, 1, 0]);
  });

  it('names the line of a bad merge', () => {
    expect(() => readGpt2Files({ vocabulary, merges: 'a b\na  b' }, { file: 'm' })).toThrow(
      'TOKENIZER_MERGES: m line 2:1: a line must hold two tokens with one space between them, got "a  b".',
    );
  });
});

describe('readSentencePiece', () => {
  it.each([
    [Uint8Array.of(0x0a, 0x05, 0x01), 'TOKENIZER_PROTOBUF: s @ 2: a field of 5 bytes must fit into the 1 that remain.'],
    [Uint8Array.of(0x80), 'TOKENIZER_PROTOBUF: s @ 1: a number must not be cut off.'],
    [new Uint8Array(12).fill(0xff), 'TOKENIZER_PROTOBUF: s @ 10: a number must have at most ten bytes.'],
    [Uint8Array.of(0x0f), 'TOKENIZER_PROTOBUF: s @ 1: a field must be of a known kind and complete, not kind 7.'],
    [
      Uint8Array.of(0x12, 0x02, 0x18, 0x02),
      'UNSUPPORTED_FORMAT: s @ 2: a SentencePiece model must be of the unigram kind (1), got kind 2.',
    ],
    [new Uint8Array(0), 'TOKENIZER_VOCABULARY: s @ 0: a SentencePiece model must have an unknown piece.'],
    [Uint8Array.of(0x0a, 0x03, 0x0a, 0x01, 0xff), 'TOKENIZER_PROTOBUF: s @ 2: a string must be UTF-8.'],
    [Uint8Array.of(0x0a, 0x05, 0x15, 0, 0, 0xc0, 0x7f), 'TOKENIZER_VOCABULARY: s @ 2: the score of "" must be finite.'],
  ])('refuses damaged bytes %#', (bytes, message) => {
    expect(() => readSentencePiece(bytes, { file: 's' })).toThrow(message);
  });
});

describe('readTokenizerConfig', () => {
  it('reads tokens in both spellings, templates and bounds', () => {
    const config = readTokenizerConfig(
      '{"bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": false}, "model_max_length": 512, "chat_template": "{{ x }}", "additional_special_tokens": ["<a>", {"content": "<b>"}], "do_lower_case": true}',
    );
    expect(config).toMatchObject({
      beginToken: '<s>',
      endToken: '</s>',
      maxLength: 512,
      additionalSpecialTokens: ['<a>', '<b>'],
      lowercase: true,
    });
    expect(config.chatTemplates.get('default')).toBe('{{ x }}');
    expect(readTokenizerConfig('{"model_max_length": 1e30}').maxLength).toBeUndefined();
  });

  it('names the field at fault', () => {
    expect(() => readTokenizerConfig('{"bos_token": 3}', { file: 'c' })).toThrow(
      'TOKENIZER_FIELD: c /bos_token: must be an object, got 3.',
    );
  });
});
