import type { RowProgram } from './row-program.ts';
import { isReduction, type ValueKind } from './value-kinds.ts';

/** One loop over the columns of a row. */
export interface Stage {
  /** The reductions that must be complete before it, one after the other. */
  readonly level: number;
  /** The instructions whose results it computes. */
  readonly reductions: readonly number[];
  /** Whether it writes the outputs that have an element per column. Only the last stage does. */
  readonly storesOutputs: boolean;
}

/**
 * Splits a program into loops over columns. A loop computes what its reductions need from inputs and per-row values; later loops compute full
 * values again rather than keep them, because a row is in the cache and the arithmetic is cheap. All outputs are written by the last loop, so an
 * output may lie where an input does.
 *
 * @param maxReductions the number of reductions whose accumulators fit into registers.
 */
export function scheduleStages(
  { instructions, outputs }: RowProgram,
  kinds: readonly ValueKind[],
  { isUsed, maxReductions }: { isUsed: (instruction: number) => boolean; maxReductions: number },
): readonly Stage[] {
  const levelOf = (instruction: number): number => kinds[instruction]?.level ?? 0;
  const reductions = instructions.flatMap((instruction, index) =>
    isReduction(instruction) && isUsed(index) ? [index] : [],
  );
  const stages: Stage[] = [];
  for (let level = 0; level < Math.max(0, ...reductions.map(levelOf)); level++) {
    const ofLevel = reductions.filter((reduction) => levelOf(reduction) === level + 1);
    for (let first = 0; first < ofLevel.length; first += maxReductions) {
      stages.push({ level, reductions: ofLevel.slice(first, first + maxReductions), storesOutputs: false });
    }
  }
  const perColumn = outputs.filter((output) => output.layout !== 'perRow');
  if (perColumn.length === 0) return stages;
  const level = Math.max(...perColumn.map((output) => levelOf(output.instruction)));
  const last = stages.at(-1);
  if (last !== undefined && last.level >= level) return [...stages.slice(0, -1), { ...last, storesOutputs: true }];
  return [...stages, { level, reductions: [], storesOutputs: true }];
}
