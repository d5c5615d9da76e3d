import { disposeModule, RandomKey } from '@cloze/core';
import { bertFamily } from '@cloze/bert';
import { anyFamily, loadPretrained, savePretrained, savePretrainedAdapter } from '@cloze/hub';
import { onnxRuntimeEngine } from '@cloze/jit';
import { classification, classify, evaluateModel, finetune, readTaskData } from '@cloze/tasks';

/** Fine-tunes all of a BERT and says what it makes of a text. */
export async function finetuneABert(
  folder: string,
  { train, dev, out }: { readonly train: string; readonly dev: string; readonly out: string },
): Promise<{ readonly label: string; readonly accuracy: number }> {
  const engine = onnxRuntimeEngine();
  // #region finetune
  const base = await loadPretrained([anyFamily(bertFamily)], folder);
  const run = await finetune(base, {
    task: classification,
    data: train, // a TSV, CSV or JSON Lines file with the columns text and label
    validation: dev,
    numEpochs: 4,
    key: RandomKey.fromSeed(1),
    engine,
  });
  for await (const { step, loss, validation } of run) {
    if (validation !== undefined) console.log(step, loss, validation['accuracy']);
  }
  await savePretrained(out, run.tuned);
  // #endregion finetune

  // #region use
  const rows = await readTaskData(classification, dev);
  const { metrics } = await evaluateModel(run.tuned, classification, rows, { engine });
  const [prediction] = await classify(run.tuned, ['a warm and funny film'], { engine });
  // #endregion use
  run.dispose();
  disposeModule(base.model);
  return { label: prediction?.label ?? '', accuracy: metrics['accuracy']?.value ?? 0 };
}

/** Trains a low-rank adapter on a BERT and saves only that. */
export async function adaptABert(folder: string, train: string, out: string): Promise<number> {
  const base = await loadPretrained([anyFamily(bertFamily)], folder);
  // #region adapt
  const run = await finetune(base, {
    task: classification,
    data: train,
    method: 'lora',
    learningRate: 5e-3,
    key: RandomKey.fromSeed(1),
    engine: onnxRuntimeEngine(),
  });
  console.log(run.counts); // { numTrainable, numParameters }
  for await (const { step, loss } of run) console.log(step, loss);
  if (run.tuned.adapter !== undefined) await savePretrainedAdapter(out, run.tuned.adapter);
  // #endregion adapt
  const { numTrainable, numParameters } = run.counts;
  run.dispose();
  disposeModule(base.model);
  return numTrainable / numParameters;
}
