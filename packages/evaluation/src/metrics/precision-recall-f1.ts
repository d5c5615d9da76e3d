import { checkPaired } from './paired-lengths.ts';

/** How well a class, or all of them, was found. What would divide by zero is 0, as in scikit-learn. */
export interface PrecisionRecallF1 {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** How many labels there were to be found. */
  readonly support: number;
}

/** How often a class was predicted, was right, and was to be found. */
export interface ClassCounts {
  readonly numPredicted: number;
  readonly numCorrect: number;
  readonly numLabels: number;
}

/** Over all decisions alike, over classes alike, or over classes by their support. */
export type Average = 'micro' | 'macro' | 'weighted';

/**
 * Precision, recall and F1 averaged over the classes among predictions and labels. Micro-averaged, all three are the accuracy.
 *
 * @throws {ShapeError} when the lengths differ or are 0.
 */
export function averagedF1<Label>(
  predictions: readonly Label[],
  labels: readonly Label[],
  average: Average,
): PrecisionRecallF1 {
  checkPaired('averagedF1', predictions, labels);
  return averageOf([...countClasses(predictions, labels).values()], average);
}

/**
 * Precision, recall and F1 of one class.
 *
 * @throws {ShapeError} when the lengths differ or are 0.
 */
export function binaryF1<Label>(
  predictions: readonly Label[],
  labels: readonly Label[],
  positive: Label,
): PrecisionRecallF1 {
  checkPaired('binaryF1', predictions, labels);
  return scoresOf(countClasses(predictions, labels).get(positive) ?? NOTHING);
}

/** Scores from counts, averaged. */
export function averageOf(classes: readonly ClassCounts[], average: Average): PrecisionRecallF1 {
  const total = classes.reduce(
    (sum, counts) => ({
      numPredicted: sum.numPredicted + counts.numPredicted,
      numCorrect: sum.numCorrect + counts.numCorrect,
      numLabels: sum.numLabels + counts.numLabels,
    }),
    NOTHING,
  );
  if (average === 'micro') return scoresOf(total);
  const scores = classes.map(scoresOf);
  const weightOf = ({ support }: PrecisionRecallF1): number => (average === 'macro' ? 1 : support);
  const totalWeight = scores.reduce((sum, score) => sum + weightOf(score), 0);
  const mean = (field: 'precision' | 'recall' | 'f1'): number =>
    ratio(
      scores.reduce((sum, score) => sum + score[field] * weightOf(score), 0),
      totalWeight,
    );
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1'), support: total.numLabels };
}

/** Precision, recall and their harmonic mean. */
export function scoresOf({ numPredicted, numCorrect, numLabels }: ClassCounts): PrecisionRecallF1 {
  return {
    precision: ratio(numCorrect, numPredicted),
    recall: ratio(numCorrect, numLabels),
    f1: ratio(2 * numCorrect, numPredicted + numLabels),
    support: numLabels,
  };
}

const NOTHING: ClassCounts = { numPredicted: 0, numCorrect: 0, numLabels: 0 };

function countClasses<Label>(predictions: readonly Label[], labels: readonly Label[]): Map<Label, ClassCounts> {
  const classes = new Map<Label, ClassCounts>();
  labels.forEach((label, index) => {
    const prediction = predictions[index];
    for (const name of new Set([label, prediction ?? label])) {
      const counts = classes.get(name) ?? NOTHING;
      classes.set(name, {
        numPredicted: counts.numPredicted + Number(name === prediction),
        numCorrect: counts.numCorrect + Number(name === prediction && name === label),
        numLabels: counts.numLabels + Number(name === label),
      });
    }
  });
  return classes;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
