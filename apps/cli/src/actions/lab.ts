import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closest } from '@cloze/core';
import type { Command } from 'commander';
import * as z from 'zod';
import { createEngine, ENGINE_NAMES, prepareTfjs } from '../engines.ts';
import type { Experiment } from '../lab/experiment.ts';
import { EXPERIMENTS } from '../lab/experiments.ts';
import { provenanceOf, type Provenance } from '../lab/provenance.ts';
import { resultPlots } from '../lab/result-plot.ts';
import { formatVerdict, resultTable } from '../lab/result-table.ts';
import { runExperiment, type LabResult } from '../lab/run-experiment.ts';
import { writeLine } from '../output-text.ts';
import { choice, readSettings, text, toggle, wholeNumber } from '../settings.ts';
import { formatDuration, plural } from '../terminal/format.ts';
import { FractionLine } from '../terminal/fraction-line.ts';
import { styleFor } from '../terminal/style.ts';
import { UsageError } from '../usage-error.ts';

/** The settings of `cloze lab`. */
const labSettings = z.object({
  quick: toggle().default(false),
  out: text().default('runs/lab'),
  engine: choice(ENGINE_NAMES).default('onnxruntime'),
  threads: wholeNumber({ max: 1024 }).optional(),
  json: toggle().default(false),
});

type LabSettings = z.output<typeof labSettings>;

/** `cloze lab`. */
export async function lab(name: string | undefined, command: Command): Promise<void> {
  const { settings } = await readSettings(command, labSettings);
  if (name === undefined) {
    await listExperiments(settings);
    return;
  }
  const loaders = name === 'all' ? Object.values(EXPERIMENTS) : [loaderOf(name)];
  prepareTfjs();
  for (const load of loaders) await runAndReport(await load(), settings);
}

function loaderOf(name: string): () => Promise<Experiment> {
  const load = Object.hasOwn(EXPERIMENTS, name) ? EXPERIMENTS[name] : undefined;
  if (load !== undefined) return load;
  const names = Object.keys(EXPERIMENTS);
  const meant = closest(name, names);
  throw new UsageError({
    message: `There is no experiment ${JSON.stringify(name)}.`,
    hint: meant === undefined ? `There are ${names.join(', ')}.` : `Did you mean ${meant}?`,
  });
}

async function listExperiments({ json }: LabSettings): Promise<void> {
  const { bold, dim } = styleFor(process.stdout);
  for (const load of Object.values(EXPERIMENTS)) {
    const { name, title, question } = await load();
    await writeLine(json ? JSON.stringify({ name, title, question }) : `${bold(name.padEnd(14))} ${question}`);
  }
  if (!json) await writeLine(dim('\nNext: cloze lab NAME, or cloze lab NAME --quick to see that it works'));
}

async function runAndReport(experiment: Experiment, settings: LabSettings): Promise<void> {
  const { out, quick: isQuick, threads, json } = settings;
  const { bold, dim } = styleFor(process.stderr);
  if (!json) process.stderr.write(`${bold(experiment.title)}: ${experiment.question}\n${dim(experiment.method)}\n`);
  const line = new FractionLine(process.stderr);
  const begin = performance.now();
  const engine = createEngine(settings.engine, { threads });
  const result = await runExperiment(experiment, {
    isQuick,
    engine,
    progress: (fraction, doing) => {
      if (!json) line.update(fraction, doing);
    },
  });
  line.finish();
  const seconds = Math.round((performance.now() - begin) / 1000);
  const provenance = await provenanceOf({ seconds, threads });
  const folder = join(out, experiment.name);
  await writeResult(folder, { ...result, ...provenance });
  if (json) {
    await writeLine(JSON.stringify({ ...result, ...provenance, folder }));
    return;
  }
  await report(result, { folder, seconds });
}

async function writeResult(folder: string, result: LabResult & Provenance): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'result.json'), `${JSON.stringify(result, undefined, 2)}\n`);
  for (const { file, svg } of resultPlots(result)) await writeFile(join(folder, file), svg);
  await writeFile(join(folder, 'result.md'), resultPage(result));
}

/** A result for people. */
function resultPage(result: LabResult & Provenance): string {
  const { title, command, isQuick, seeds, seconds, threads, processor, node, commit } = result;
  const from = [
    `${plural(threads, 'thread')} of ${processor}`,
    `Node ${node}`,
    ...(commit === undefined ? [] : [`commit ${commit}`]),
  ];
  const parts = [
    `# ${title}`,
    ...(isQuick ? ['A quick run: the numbers mean nothing, but everything works.'] : []),
    resultTable(result),
    `The mean of the seeds ${seeds.join(', ')}, and in brackets the lowest and the highest.`,
    result.verdicts.map((verdict) => `- ${formatVerdict(verdict)}`).join('\n'),
    ...resultPlots(result).map((plot) => `![${plot.title}](${plot.file})`),
    `Measured in ${formatDuration(seconds)} with ${from.join(', ')}. This repeats it: \`${command}\``,
  ];
  return `${parts.join('\n\n')}\n`;
}

async function report(
  result: LabResult,
  { folder, seconds }: { readonly folder: string; readonly seconds: number },
): Promise<void> {
  const { bold, dim, green, red, yellow } = styleFor(process.stdout);
  const paint = { supported: green, contradicted: red, undecided: yellow };
  await writeLine(`\n${resultTable(result)}\n`);
  for (const verdict of result.verdicts) {
    const sentence = formatVerdict(verdict);
    await writeLine(paint[verdict.outcome](verdict.outcome) + sentence.slice(verdict.outcome.length));
  }
  if (result.isQuick) await writeLine(dim('A quick run: the numbers mean nothing, but everything works.'));
  await writeLine(dim(`\n${result.seeds.length} seeds in ${formatDuration(seconds)}, written to ${folder}`));
  if (result.isQuick) await writeLine(`Next: ${bold(`cloze lab ${result.name}`)}`);
}
