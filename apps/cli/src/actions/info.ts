import { checkPretrained, readAdapter } from '@cloze/hub';
import { checkpointNames } from '@cloze/training';
import type { Command } from 'commander';
import * as z from 'zod';
import { prepareTfjs } from '../engines.ts';
import { FAMILIES } from '../families.ts';
import { modelFolder, namesIn } from '../run-folder.ts';
import { readSettings, text, toggle } from '../settings.ts';
import { formatBytes, formatCount, formatMillions, plural } from '../terminal/format.ts';
import { styleFor } from '../terminal/style.ts';

const infoSettings = z.object({
  adapter: text().optional(),
  tensors: toggle().default(false),
  json: toggle().default(false),
});

/** `cloze info`. */
export async function info(folder: string, command: Command): Promise<void> {
  const { settings } = await readSettings(command, infoSettings);
  prepareTfjs();
  const model = await modelFolder(folder);
  const summary = await checkPretrained(FAMILIES, model, { readsData: false });
  const { family, config, task, weights, numParameters, vocabSize } = summary;
  const tensors = [...weights.entries].map(([name, { dtype, shape, begin, end }]) => ({
    name,
    dtype,
    shape,
    bytes: end - begin,
  }));
  const bytes = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
  const checkpoints = checkpointNames(await namesIn(folder));
  const adapter = settings.adapter === undefined ? undefined : await adapterFacts(settings.adapter, numParameters);
  if (settings.json) {
    const facts = {
      folder: model,
      family: family.name,
      task,
      config,
      numParameters,
      bytes,
      files: weights.files,
      vocabSize,
      checkpoints,
      ...(adapter && { adapter }),
    };
    process.stdout.write(`${JSON.stringify({ ...facts, ...(settings.tensors ? { tensors } : {}) })}\n`);
    return;
  }
  const { bold, dim } = styleFor(process.stdout);
  const types = [...new Set(tensors.map(({ dtype }) => dtype))].join(', ');
  const rows: [string, string][] = [
    ['folder', model],
    ['model', `${family.name} for ${task}`],
    ['parameters', `${formatMillions(numParameters)} (${formatCount(numParameters)})`],
    [
      'weights',
      `${plural(tensors.length, 'tensor')} of ${types}, ${formatBytes(bytes)} in ${weights.files.join(', ')}`,
    ],
    ['tokenizer', vocabSize === undefined ? 'none' : `${formatCount(vocabSize)} tokens`],
    ...(adapter === undefined ? [] : adapterRows(adapter)),
    ...(checkpoints.length === 0 ? [] : [['checkpoints', checkpoints.join(', ')] satisfies [string, string]]),
    ...Object.entries(config).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) process.stdout.write(`${dim(name.padEnd(width))}  ${value}\n`);
  if (settings.tensors) {
    for (const { name, dtype, shape } of tensors)
      process.stdout.write(`${name}  ${dim(`${dtype} [${shape.join(', ')}]`)}\n`);
  }
  process.stdout.write(`\nNext: ${bold(`cloze check ${folder}`)}\n`);
}

interface AdapterFacts {
  readonly folder: string;
  /** As in PEFT's files. */
  readonly method: string;
  /** What it was made for, as its maker called it. */
  readonly baseModel: string | null;
  /** The numbers in its file. */
  readonly numParameters: number;
  /** Of the model's. */
  readonly percent: number;
}

async function adapterFacts(folder: string, numInModel: number): Promise<AdapterFacts> {
  const { config, tensors, baseModel = null } = await readAdapter(folder);
  const { peft_type: method } = config;
  const sizes = [...tensors.keys()].map((name) => tensors.get(name)?.data.length ?? 0);
  const numParameters = sizes.reduce((sum, size) => sum + size, 0);
  return {
    folder,
    method: typeof method === 'string' ? method : '',
    baseModel,
    numParameters,
    percent: (100 * numParameters) / numInModel,
  };
}

function adapterRows({ folder, method, baseModel, numParameters, percent }: AdapterFacts): [string, string][] {
  return [
    ['adapter', folder],
    ['method', `${method}, made for ${baseModel ?? 'a model that it does not name'}`],
    ['learned', `${formatCount(numParameters)} numbers, ${percent.toFixed(2)} % of the model's`],
  ];
}
