import { ClozeError } from '@cloze/core';
import type { Grammar, GrammarNode } from './grammar-node.ts';

/**
 * Refuses rules that begin with themselves: an automaton would go round in them without reading anything.
 *
 * @throws {ClozeError} `USAGE`.
 */
export function refuseLeftRecursion(grammar: Grammar): void {
  const empty = emptyRules(grammar);
  const finished = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      throw new ClozeError('USAGE', {
        message: `The grammar of a constraint must have no left recursion, but ${[...path.slice(path.indexOf(name)), name].join(' begins with ')}.`,
        hint: 'Write a repeat, or let the rule end with itself.',
      });
    }
    if (finished.has(name)) return;
    for (const next of firstRules(grammar.get(name), empty)) visit(next, [...path, name]);
    finished.add(name);
  };
  for (const name of grammar.keys()) visit(name, []);
}

/** The rules that may be nothing. */
function emptyRules(grammar: Grammar): Set<string> {
  const empty = new Set<string>();
  for (let size = -1; size !== empty.size;) {
    size = empty.size;
    for (const [name, node] of grammar) if (canBeEmpty(node, empty)) empty.add(name);
  }
  return empty;
}

function canBeEmpty(node: GrammarNode | undefined, empty: ReadonlySet<string>): boolean {
  switch (node?.kind) {
    case undefined:
    case 'set':
      return false;
    case 'empty':
      return true;
    case 'rule':
      return empty.has(node.name);
    case 'sequence':
      return node.parts.every((part) => canBeEmpty(part, empty));
    case 'choice':
      return node.options.some((option) => canBeEmpty(option, empty));
    case 'repeat':
      return node.least === 0 || canBeEmpty(node.part, empty);
  }
}

/** The rules that may be the first in a part, with nothing read before them. */
function firstRules(node: GrammarNode | undefined, empty: ReadonlySet<string>): string[] {
  switch (node?.kind) {
    case undefined:
    case 'set':
    case 'empty':
      return [];
    case 'rule':
      return [node.name];
    case 'repeat':
      return firstRules(node.part, empty);
    case 'choice':
      return node.options.flatMap((option) => firstRules(option, empty));
    case 'sequence': {
      const end = node.parts.findIndex((part) => !canBeEmpty(part, empty));
      return node.parts.slice(0, end < 0 ? undefined : end + 1).flatMap((part) => firstRules(part, empty));
    }
  }
}
