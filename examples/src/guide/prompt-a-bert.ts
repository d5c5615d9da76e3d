import { disposeModule } from '@cloze/core';
import { bertFamily } from '@cloze/bert';
import { loadPretrainedOf } from '@cloze/hub';
import { onnxRuntimeEngine } from '@cloze/jit';
import { classify, MaskedWordScorer, template, verbalizer } from '@cloze/prompting';

/** Asks a BERT which word belongs into a blank, and reads a label off it. */
export async function promptABert(folder: string, texts: readonly string[]): Promise<readonly string[]> {
  // #region prompt
  const { model, config, tokenizer } = await loadPretrainedOf(bertFamily, folder, { task: 'masked-language-modeling' });
  if (tokenizer === undefined) throw new Error('The folder holds no tokenizer.json.');
  const scorer = await MaskedWordScorer.create(model, {
    tokenizer,
    padTokenId: tokenizer.tokenToId('[PAD]') ?? 0,
    maxPositions: config.maxPositions,
    engine: onnxRuntimeEngine(),
  });

  const opinion = template('{text} it is a ___'); // {text} takes a value, ___ is what the model fills
  const words = verbalizer({ good: ['joy'], bad: ['bore'] });
  const results = await classify(
    scorer,
    words,
    texts.map((text) => opinion.fill({ text })),
  );
  for (const { label, probabilities } of results) console.log(label, probabilities);
  // #endregion prompt
  scorer.dispose();
  disposeModule(model);
  return results.map(({ label }) => label);
}
