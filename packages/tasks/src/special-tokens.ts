import { SequencePostProcessor, TemplatePostProcessor, type Tokenizer } from '@cloze/tokenizer';

/**
 * What stands around a text and between two, by the tokens that a vocabulary knows: BERT's and GLM's, BART's, T5's, GPT's. In GPT a text ends where it
 * ends; only two texts have the end of text between them.
 */
const FRAMES: readonly Frame[] = [
  { tokens: ['[CLS]', '[SEP]'], single: '[CLS] $A [SEP]', pair: '[CLS] $A [SEP] $B:1 [SEP]:1' },
  { tokens: ['<s>', '</s>'], single: '<s> $A </s>', pair: '<s> $A </s> </s> $B </s>' },
  { tokens: ['</s>'], single: '$A </s>', pair: '$A </s> $B </s>' },
  { tokens: ['<|endoftext|>'], single: '$A', pair: '$A <|endoftext|> $B' },
];

interface Frame {
  readonly tokens: readonly string[];
  readonly single: string;
  readonly pair: string;
}

/** What fills short rows, by the tokens that a vocabulary knows. The last are no padding of their own, but never end a text that is classified. */
const PADDING_TOKENS: readonly string[] = ['[PAD]', '<pad>', '<|endoftext|>', '</s>', '</S>', '\n', ' '];

/**
 * The same tokenizer, adding the special tokens that its model's family was pre-trained with: unchanged where it adds some itself.
 *
 * Tokenizers that are only made for language modeling, as GPT's, add none.
 */
export function framedTokenizer(tokenizer: Tokenizer): Tokenizer {
  const plain = tokenizer.with({ truncation: undefined, padding: undefined });
  if ((tokenizer.postProcessor?.numAddedTokens(true) ?? 0) > 0) return plain;
  const frame = FRAMES.find(({ tokens }) => tokens.every((token) => tokenizer.tokenToId(token) !== undefined));
  if (frame === undefined) return plain;
  const template = new TemplatePostProcessor({
    single: piecesOf(frame.single),
    pair: piecesOf(frame.pair),
    specials: new Map(
      frame.tokens.map((token) => [token, { ids: [tokenizer.tokenToId(token) ?? 0], tokens: [token] }]),
    ),
  });
  const { postProcessor } = tokenizer;
  return plain.with({
    postProcessor: postProcessor === undefined ? template : new SequencePostProcessor([postProcessor, template]),
  });
}

/** The id that fills short rows. */
export function padTokenIdOf(tokenizer: Tokenizer): number {
  const known = PADDING_TOKENS.map((token) => tokenizer.tokenToId(token)).find((id) => id !== undefined);
  return tokenizer.padding?.id ?? known ?? 0;
}

/** `[SEP]:1` is the token `[SEP]` of type 1, `$A` the first text. */
function piecesOf(template: string): TemplatePiece[] {
  return template.split(' ').map((piece) => {
    const [name = '', type = '0'] = piece.split(/:(?=\d$)/);
    const typeId = Number(type);
    if (name === '$A' || name === '$B') return { sequence: name === '$A' ? 'A' : 'B', typeId };
    return { special: name, typeId };
  });
}

type TemplatePiece = ConstructorParameters<typeof TemplatePostProcessor>[0]['single'][number];
