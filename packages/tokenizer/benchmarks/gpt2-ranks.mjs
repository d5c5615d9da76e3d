/**
 * A tokenizer.json of GPT-2's ranks as gpt-tokenizer carries them. Rank lists hold tokens in the order in which they were learned; the merge that made
 * a token is the last one that applies when it is encoded with the ranks before it.
 *
 * @param {(string | number[])[]} ranks Token by rank: text, or bytes where they are no text.
 * @param {string} blank A tokenizer.json of a byte-level BPE tokenizer, whose model is replaced.
 */
export function tokenizerJsonOf(ranks, blank) {
  const spelling = byteCharacters();
  const spelled = ranks.map((token) => {
    const bytes = typeof token === 'string' ? Buffer.from(token) : token;
    return Array.from(bytes, (byte) => spelling[byte]).join('');
  });
  const rankOf = new Map(spelled.map((token, rank) => [token, rank]));
  const merges = [];
  for (const [rank, token] of spelled.entries()) if (token.length > 1) merges.push(partsOf(token, rank, rankOf));
  const json = JSON.parse(blank);
  json.added_tokens = [];
  json.model.vocab = Object.fromEntries(rankOf);
  json.model.merges = merges;
  return JSON.stringify(json);
}

function partsOf(token, rank, rankOf) {
  const parts = Array.from(token);
  while (parts.length > 2) {
    let best = Infinity;
    let at = 0;
    for (let index = 0; index + 1 < parts.length; index++) {
      const candidate = rankOf.get(parts[index] + parts[index + 1]) ?? Infinity;
      if (candidate < best && candidate < rank) {
        best = candidate;
        at = index;
      }
    }
    if (best === Infinity) throw new Error(`token ${rank} has no merge`);
    parts.splice(at, 2, parts[at] + parts[at + 1]);
  }
  return parts;
}

function byteCharacters() {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    return String.fromCharCode(isPrintable ? byte : next++);
  });
}
