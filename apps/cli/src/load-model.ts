import { loadAdapted, loadPretrained, type Pretrained, type PretrainedAdapted } from '@cloze/hub';
import { FAMILIES } from './families.ts';
import { modelFolder } from './run-folder.ts';

/** Where a model is, and the adapter that it is used with. */
interface ModelPlace {
  readonly model: string;
  readonly adapter?: string | undefined;
}

/** Loads a model for use, with its adapter. */
export async function loadModel({
  model,
  adapter,
}: ModelPlace): Promise<Pretrained & Partial<Pick<PretrainedAdapted, 'adapter'>>> {
  const folder = await modelFolder(model);
  return adapter === undefined ? loadPretrained(FAMILIES, folder) : loadAdapted(FAMILIES, folder, adapter);
}
