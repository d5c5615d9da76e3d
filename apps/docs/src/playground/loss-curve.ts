/** A point of a curve: a step and its loss. */
export interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

/** The size of the drawing and what the axes run to. */
export interface CurveFrame {
  readonly width: number;
  readonly height: number;
  readonly numSteps: number;
  /** In nats, at the top. */
  readonly maxLoss: number;
}

/** The `d` of an SVG path through the points. */
export function lossPath(points: readonly LossPoint[], { width, height, numSteps, maxLoss }: CurveFrame): string {
  return points
    .map(({ step, loss }, index) => {
      const x = (step / numSteps) * width;
      const y = height - (Math.min(loss, maxLoss) / maxLoss) * height;
      return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join(' ');
}

/** Each loss as the mean of itself and what came before, the older the less: batches differ, and so do their losses. */
export function smoothed(points: readonly LossPoint[], weight = 0.1): LossPoint[] {
  let mean: number | undefined;
  return points.map(({ step, loss }) => {
    mean = mean === undefined ? loss : mean + weight * (loss - mean);
    return { step, loss: mean };
  });
}
