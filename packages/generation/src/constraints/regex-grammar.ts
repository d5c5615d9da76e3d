import { ClozeError } from '@cloze/core';
import { parseRegex, TokenizerError, type RegexNode } from '@cloze/tokenizer';
import { ROOT, type Grammar, type GrammarNode } from './grammar-node.ts';

/**
 * A regular expression as a grammar of one rule. The whole text must match, as if it stood between `^` and `$`.
 *
 * @throws {ClozeError} `USAGE` for syntax that is wrong or that an automaton cannot follow: anchors, lookarounds, possessive repeats, backreferences.
 */
export function regexGrammar(source: string): Grammar {
  try {
    return new Map([[ROOT, toGrammarNode(parseRegex(source))]]);
  } catch (cause) {
    if (!(cause instanceof TokenizerError)) throw cause;
    throw new ClozeError('USAGE', {
      message: `The regular expression of a constraint cannot be read: ${cause.message}`,
      hint: 'Write it with sets, groups, alternatives and repeats.',
      cause,
    });
  }
}

function toGrammarNode(node: RegexNode): GrammarNode {
  switch (node.kind) {
    case 'empty':
    case 'set':
      return node;
    case 'sequence':
      return { kind: 'sequence', parts: node.parts.map(toGrammarNode) };
    case 'choice':
      return { kind: 'choice', options: node.options.map(toGrammarNode) };
    case 'repeat':
      if (node.mode === 'possessive') throw unsupported('a possessive repeat');
      // Lazy or greedy, the texts are the same.
      return { kind: 'repeat', part: toGrammarNode(node.part), least: node.least, most: node.most };
    case 'assert':
      throw unsupported('an anchor or lookaround');
  }
}

function unsupported(what: string): ClozeError {
  return new ClozeError('USAGE', {
    message: `The regular expression of a constraint must have no anchors, lookarounds or possessive repeats, but has ${what}.`,
    hint: 'Leave it out: the whole text is matched anyway.',
  });
}
