import { disposeModule } from '@cloze/core';
import { Tokenizer, trainCharacters } from '@cloze/tokenizer';
import { describe, expect, it } from 'vitest';
import { tinyBart, tinyBert, tinyElmo, tinyGlm, tinyGpt, tinyT5 } from './fixtures/tiny-models.ts';
import { framedTokenizer, padTokenIdOf } from './special-tokens.ts';

function tokensOf(tokenizer: Tokenizer): string {
  const framed = framedTokenizer(tokenizer);
  const { tokens, typeIds } = framed.encode('good', { pair: 'bad' });
  // It is saved with the model, and then unchanged.
  const again = framedTokenizer(Tokenizer.fromJson(framed.toJson())).encode('good', { pair: 'bad' });
  expect(again.tokens).toEqual(tokens);
  return `${framed.encode('good').tokens.join(' ')} | ${tokens.join(' ')} | ${[...typeIds].join('')} | ${framed.idToToken(padTokenIdOf(tokenizer))}`;
}

describe('framedTokenizer', () => {
  it('frames one text and two as each family was pre-trained', () => {
    const shown = [tinyElmo, tinyBert, tinyGpt, tinyBart, tinyT5, tinyGlm].map((make) => {
      const { family, tokenizer, model } = make();
      disposeModule(model);
      return `${family.name}: ${tokenizer === undefined ? '' : tokensOf(tokenizer)}`;
    });
    expect(shown).toMatchInlineSnapshot(`
      [
        "elmo: <S> good </S> | <S> good </S> <S> bad </S> | 000000 | </S>",
        "bert: [CLS] g ##oo ##d [SEP] | [CLS] g ##oo ##d [SEP] b ##ad [SEP] | 00000111 | [PAD]",
        "gpt: g oo d | g oo d <|endoftext|> b ad | 000000 | <|endoftext|>",
        "bart: <s> g oo d </s> | <s> g oo d </s> </s> b ad </s> | 000000000 | <pad>",
        "t5: ▁g o od </s> | ▁g o od </s> ▁b a d </s> | 00000000 | <pad>",
        "glm: [CLS] g ##oo ##d [SEP] | [CLS] g ##oo ##d [SEP] b ##ad [SEP] | 00000111 | [PAD]",
      ]
    `);
  });

  it('leaves tokenizers alone that know no special tokens', () => {
    const tokenizer = trainCharacters(['good bad']);
    expect(framedTokenizer(tokenizer).encode('go').tokens).toEqual(['g', 'o']);
    expect(padTokenIdOf(tokenizer)).toBe(tokenizer.tokenToId(' '));
  });
});
