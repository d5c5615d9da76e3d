import type { RowInstruction, RowProgram } from './row-program.ts';
import type { Stage } from './schedule-stages.ts';
import { operandsOf, type ValueKind } from './value-kinds.ts';

/** Which full values a stage leaves for later ones or finds there, by the number of the row of the kernel's stack that holds them. */
export interface KeptValues {
  readonly stores: ReadonlyMap<number, number>;
  readonly loads: ReadonlyMap<number, number>;
}

/** Below this many instructions, computing a value again is as fast as a store and a load. */
const MIN_COST = 6;
const MAX_BYTES = 32 * 1024;

const COST: Partial<Record<RowInstruction['op'], number>> = {
  exp: 16,
  log: 24,
  tanh: 20,
  erf: 20,
  sigmoid: 20,
  div: 8,
  reciprocal: 8,
  sqrt: 8,
  constant: 0,
};

/** Chooses what to keep of a row between the loops over its columns, one entry per stage: what is expensive and needed again. */
export function planKeptValues(
  program: RowProgram,
  kinds: readonly ValueKind[],
  stages: readonly Stage[],
): readonly KeptValues[] {
  const plan = stages.map(() => ({ stores: new Map<number, number>(), loads: new Map<number, number>() }));
  const rows = new Map<number, number>();
  const firstStage = new Map<number, number>();
  const maxRows = Math.floor(MAX_BYTES / (4 * program.columns));
  stages.forEach((stage, position) => {
    const visited = new Set<number>();
    const visit = (index: number): void => {
      if (kinds[index]?.rank !== 'full' || visited.has(index)) return;
      visited.add(index);
      const first = firstStage.get(index);
      if (first === undefined) firstStage.set(index, position);
      else if (costOf(index, program, kinds) >= MIN_COST && (rows.has(index) || rows.size < maxRows)) {
        const row = rows.get(index) ?? rows.size;
        rows.set(index, row);
        plan[first]?.stores.set(index, row);
        plan[position]?.loads.set(index, row);
        return;
      }
      operandsAt(program, index).forEach(visit);
    };
    rootsOf(program, stage).forEach(visit);
  });
  return plan;
}

/** The number of rows that a plan needs. */
export function countKeptRows(plan: readonly KeptValues[]): number {
  return new Set(plan.flatMap(({ stores }) => [...stores.values()])).size;
}

function rootsOf(program: RowProgram, { reductions, storesOutputs }: Stage): readonly number[] {
  const outputs = program.outputs.filter(({ layout }) => storesOutputs && layout !== 'perRow');
  return [
    ...reductions.flatMap((reduction) => operandsAt(program, reduction)),
    ...outputs.map(({ instruction }) => instruction),
  ];
}

function operandsAt({ instructions }: RowProgram, index: number): readonly number[] {
  const instruction = instructions[index];
  return instruction === undefined ? [] : operandsOf(instruction);
}

/** The number of machine instructions for a full value and all full values that it needs. */
function costOf(index: number, program: RowProgram, kinds: readonly ValueKind[]): number {
  const cone = new Set<number>();
  const visit = (position: number): void => {
    if (kinds[position]?.rank !== 'full' || cone.has(position)) return;
    cone.add(position);
    operandsAt(program, position).forEach(visit);
  };
  visit(index);
  return [...cone].reduce((sum, position) => sum + (COST[program.instructions[position]?.op ?? 'input'] ?? 1), 0);
}
