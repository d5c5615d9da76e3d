/**
 * `pnpm bench`: times compiled training steps beside eager tfjs and PyTorch, in Node and in a browser, fine-tuning of adapters, the pre-training of each family,
 * and tokenizers and generation beside others.
 */
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { ClozeError } from '@cloze/core';
import { measureAdapters } from './adapters/measure-adapters.ts';
import { reportAdapters } from './adapters/report-adapters.ts';
import { saveAdapters } from './adapters/save-adapters.ts';
import { measureBrowser } from './browser/measure-browser.ts';
import { browserAgrees, reportBrowser } from './browser/report-browser.ts';
import { saveBrowser } from './browser/save-browser.ts';
import { measureFamilies } from './families/measure-families.ts';
import { reportFamilies } from './families/report-families.ts';
import { saveFamilies } from './families/save-families.ts';
import { findPython } from './find-python.ts';
import { measureGeneration } from './generation/measure-generation.ts';
import { reportGeneration } from './generation/report-generation.ts';
import { saveGeneration } from './generation/save-generation.ts';
import { transformersJsVersion } from './generation/transformers-js.ts';
import { thisMachine } from './machine.ts';
import { measure } from './measure.ts';
import type { Measurement } from './measurement.ts';
import { operatorProfile } from './operator-profile.ts';
import { HELP, parseOptions, type Options } from './options.ts';
import { ProgressLine } from './progress-line.ts';
import { allAgree, headline, machineLine, report } from './report.ts';
import { toResults } from './results.ts';
import { saveResults } from './save-results.ts';
import { measureTokenizers } from './tokenizers/measure-tokenizers.ts';
import { allTokenizersAgree, reportTokenizers } from './tokenizers/report-tokenizers.ts';
import { saveTokenizers } from './tokenizers/save-tokenizers.ts';

async function main(options: Options): Promise<void> {
  if (options.isHelp) {
    console.log(HELP);
  } else if (options.profile !== undefined) {
    console.log(await operatorProfile(options.profile));
  } else if (options.suite === 'adapters') {
    await benchAdapters(options);
  } else if (options.suite === 'families') {
    await benchFamilies(options);
  } else if (options.suite === 'tokenizers') {
    await benchTokenizers(options);
  } else if (options.suite === 'generation') {
    await benchGeneration(options);
  } else if (options.suite === 'browser') {
    await benchBrowser(options);
  } else {
    await benchTraining(options);
  }
}

async function benchTraining({ configurations, rounds, isJson, isSaved }: Options): Promise<void> {
  const machine = thisMachine();
  const python = await findPython(process.env['CLOZE_PYTHON']);
  const progress = new ProgressLine();
  progress.show(
    `${headline(machine, python?.version)}; ${availableParallelism()} threads for every engine that has threads`,
  );
  const onProgress = (message: string): void => {
    progress.show(message);
  };
  const measurements: Measurement[] = [];
  for (const configuration of configurations) {
    measurements.push(await measure(configuration, { rounds, python, onProgress }));
  }
  progress.clear();
  const results = toResults(machine, python?.version, measurements);
  console.log(isJson ? JSON.stringify(results, undefined, 2) : report(machine, python?.version, measurements));
  if (isSaved) console.error(`Saved ${relative(process.cwd(), await saveResults(results, measurements))}.`);
  if (allAgree(measurements)) return;
  throw new ClozeError('INTERNAL', {
    message: 'The compiled step must agree with eager tfjs, but it differs as the table shows.',
    hint: 'Find the operator with the tests of @cloze/jit; its speed means nothing until then.',
  });
}

async function benchAdapters(options: Options): Promise<void> {
  const machine = thisMachine();
  const progress = new ProgressLine();
  const adapters = await measureAdapters({
    ...options,
    onProgress: (message) => {
      progress.show(message);
    },
  });
  progress.clear();
  const results = { date: new Date().toISOString(), machine, adapters };
  console.log(
    options.isJson ? JSON.stringify(results, undefined, 2) : `${machineLine(machine)}\n\n${reportAdapters(adapters)}`,
  );
  if (options.isSaved) console.error(`Saved ${relative(process.cwd(), await saveAdapters(results))}.`);
}

async function benchFamilies(options: Options): Promise<void> {
  const machine = thisMachine();
  const progress = new ProgressLine();
  const measurements = await measureFamilies({
    ...options,
    onProgress: (message) => {
      progress.show(message);
    },
  });
  progress.clear();
  const results = { date: new Date().toISOString(), machine, families: measurements };
  console.log(
    options.isJson
      ? JSON.stringify(results, undefined, 2)
      : `${headline(machine, undefined)}\n\n${reportFamilies(measurements)}`,
  );
  if (options.isSaved) console.error(`Saved ${relative(process.cwd(), await saveFamilies(results))}.`);
}

async function benchTokenizers({ tokenizers, rounds, megabytes, isJson, isSaved }: Options): Promise<void> {
  const machine = thisMachine();
  const progress = new ProgressLine();
  const measurements = await measureTokenizers({
    benchmarks: tokenizers,
    rounds,
    megabytes,
    onProgress: (message) => {
      progress.show(message);
    },
  });
  progress.clear();
  const results = { date: new Date().toISOString(), machine, ...measurements };
  console.log(
    isJson ? JSON.stringify(results, undefined, 2) : `${machineLine(machine)}\n\n${reportTokenizers(measurements)}`,
  );
  if (isSaved) console.error(`Saved ${relative(process.cwd(), await saveTokenizers(results))}.`);
  if (allTokenizersAgree(measurements)) return;
  throw new ClozeError('INTERNAL', {
    message: 'Ids and merges must be equal and likelihoods as high, but they differ as the report says.',
    hint: 'Find the text with the tests of @cloze/tokenizer; speed means nothing until then.',
  });
}

async function benchGeneration({ numTokens, rounds, isJson, isSaved }: Options): Promise<void> {
  const machine = thisMachine();
  const installation = process.env['CLOZE_TRANSFORMERS_JS'] ?? '';
  const version = await transformersJsVersion(installation);
  const progress = new ProgressLine();
  const generation = await measureGeneration({
    numTokens,
    rounds,
    installation,
    onProgress: (message) => {
      progress.show(message);
    },
  });
  progress.clear();
  const results = { date: new Date().toISOString(), machine, transformersJs: version, generation };
  console.log(
    isJson
      ? JSON.stringify(results, undefined, 2)
      : `${machineLine(machine)}\n\n${reportGeneration(generation, version)}`,
  );
  if (isSaved) console.error(`Saved ${relative(process.cwd(), await saveGeneration(results))}.`);
  if (generation.every(({ isEqual }) => isEqual)) return;
  throw new ClozeError('INTERNAL', {
    message: 'Both libraries must choose the same tokens, but they differ as the table shows.',
    hint: 'Compare the scores of a step with the tests of @cloze/generation; speed means nothing until then.',
  });
}

async function benchBrowser({ configurations, rounds, isJson, isSaved }: Options): Promise<void> {
  const machine = thisMachine();
  const progress = new ProgressLine();
  const measured = await measureBrowser({
    configurations,
    rounds,
    onProgress: (message) => {
      progress.show(message);
    },
  });
  progress.clear();
  const results = { date: new Date().toISOString(), machine, ...measured };
  const { chromium, browser } = measured;
  console.log(
    isJson ? JSON.stringify(results, undefined, 2) : `${machineLine(machine)}\n\n${reportBrowser(chromium, browser)}`,
  );
  if (isSaved) console.error(`Saved ${relative(process.cwd(), await saveBrowser(results))}.`);
  if (browser.every(browserAgrees)) return;
  throw new ClozeError('INTERNAL', {
    message: 'The compiled step must agree with eager tfjs, but its losses differ as the table shows.',
    hint: 'Find the operator with the browser tests of @cloze/jit; its speed means nothing until then.',
  });
}

try {
  await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof ClozeError ? error.message : error);
  process.exitCode = error instanceof ClozeError ? error.exitCode : 70;
}
