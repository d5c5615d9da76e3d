import { isSameShape, sizeOf, type Value } from '../graph.ts';
import type { RowInput } from '../native-code/row-program.ts';

/** The matrix over which a fused loop runs: the last axis is the columns, all others together are the rows. */
export interface Frame {
  readonly rows: number;
  readonly columns: number;
}

/** The frame of a full value. */
export function frameOf(shape: readonly number[]): Frame {
  const columns = shape.at(-1) ?? 1;
  return { rows: columns === 0 ? 0 : sizeOf(shape) / columns, columns };
}

export function isSameFrame(a: Frame, b: Frame): boolean {
  return a.rows === b.rows && a.columns === b.columns;
}

/** How an operand lies over the frame of a result of `shape` with which it is broadcast; `undefined` if no layout describes it. */
export function layoutOf(operand: Value, shape: readonly number[]): RowInput | undefined {
  const type = operand.dtype;
  if (isSameShape(operand.shape, shape)) return { type, layout: 'full' };
  if (sizeOf(operand.shape) === 1) return { type, layout: 'scalar' };
  const rank = shape.length;
  const padded = Array.from({ length: rank }, (_, axis) => operand.shape[axis - rank + operand.shape.length] ?? 1);
  if (padded[rank - 1] === 1 && isSameShape(padded.slice(0, -1), shape.slice(0, -1))) return { type, layout: 'perRow' };
  if (padded[rank - 1] !== shape[rank - 1]) return undefined;
  const firstFull = padded.findIndex((length, axis) => length === shape[axis] && length !== 1);
  if (firstFull < 0 || !isSameShape(padded.slice(firstFull), shape.slice(firstFull))) return undefined;
  if (padded.slice(0, firstFull).some((length) => length !== 1)) return undefined;
  return { type, layout: 'repeated', period: sizeOf(padded.slice(firstFull, -1)) };
}
