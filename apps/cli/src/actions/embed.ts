import { disposeModule } from '@cloze/core';
import { embed as embedTexts, type Pooling } from '@cloze/tasks';
import { readRows } from '@cloze/datasets';
import type { Command } from 'commander';
import { createEngine, prepareTfjs } from '../engines.ts';
import { loadModel } from '../load-model.ts';
import { writeLine } from '../output-text.ts';
import { choice, readSettings, text } from '../settings.ts';
import { givenTexts } from '../tasks/given-texts.ts';
import { useSettings } from '../tasks/use-settings.ts';
import { styleFor } from '../terminal/style.ts';

const POOLINGS = ['mean', 'first', 'last'] as const satisfies readonly Pooling[];

/** The settings of `cloze embed`. */
export const embedSettings = useSettings.extend({ file: text().optional(), pooling: choice(POOLINGS).default('mean') });

/** `cloze embed`. */
export async function embed(given: readonly string[], command: Command): Promise<void> {
  const { settings } = await readSettings(command, embedSettings);
  prepareTfjs();
  const texts = settings.file === undefined ? await givenTexts(given) : await textsOfFile(settings.file);
  const model = await loadModel(settings);
  const { batchSize, maxLength, pooling, threads } = settings;
  const engine = createEngine(settings.engine, { threads });
  const vectors = await embedTexts(model, texts, { engine, batchSize, maxLength, pooling });
  disposeModule(model.model);
  for (const [index, vector] of vectors.entries()) {
    const own = texts[index] ?? '';
    await writeLine(
      settings.json ? JSON.stringify({ text: own, embedding: Array.from(vector) }) : forPeople(own, vector, vectors),
    );
  }
}

async function textsOfFile(file: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const row of readRows(file)) texts.push(row.text('text'));
  return texts;
}

const MOST_COMPARED = 8;

/** How similar it is to each of the texts; where there is only one, how its vector begins. */
function forPeople(own: string, vector: Float32Array, vectors: readonly Float32Array[]): string {
  const { dim } = styleFor(process.stdout);
  const shown =
    vectors.length === 1
      ? `${vector.length} numbers: ${Array.from(vector.subarray(0, 6), (value) => value.toFixed(3)).join(' ')} ...`
      : vectors
          .slice(0, MOST_COMPARED)
          .map((other) => cosine(vector, other).toFixed(2).padStart(5))
          .join(' ');
  return `${dim(shown)}  ${own}`;
}

/** The cosine of the angle between two vectors. */
function cosine(a: Float32Array, b: Float32Array): number {
  const product = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}
