import { checkPretrained } from '@cloze/hub';
import { checkpointNames } from '@cloze/training';
import type { Command } from 'commander';
import * as z from 'zod';
import { prepareTfjs } from '../engines.ts';
import { FAMILIES } from '../families.ts';
import { modelFolder, namesIn } from '../run-folder.ts';
import { readSettings, toggle } from '../settings.ts';
import { formatBytes, formatCount, formatMillions, plural } from '../terminal/format.ts';
import { styleFor } from '../terminal/style.ts';

const infoSettings = z.object({ tensors: toggle().default(false), json: toggle().default(false) });

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
