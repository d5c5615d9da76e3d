import { disposeModule, parametersOf } from '@cloze/core';
import { gptFamily } from '@cloze/gpt';
import { loadPretrainedOf } from '@cloze/hub';

/** Loads a model folder and counts its parameters. */
export async function loadAModel(folder: string): Promise<number> {
  // #region load
  const { model, tokenizer } = await loadPretrainedOf(gptFamily, folder, { task: 'causal-language-modeling' });
  const numParameters = Object.values(parametersOf(model)).reduce((sum, { size }) => sum + size, 0);
  console.log(numParameters, tokenizer?.encode('The').tokens);
  // #endregion load
  disposeModule(model);
  return numParameters;
}
