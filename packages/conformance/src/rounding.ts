/** Of sums of a few hundred float32 numbers, as a share of the largest. */
const ROUNDING = 1e-6;

/**
 * How far gradients may differ that are zero in exact arithmetic, as that of a bias which a softmax does not see: the rounding of the largest of all
 * gradients.
 */
export function roundingOf(gradients: Iterable<ArrayLike<number>>): number {
  let largest = 0;
  for (const gradient of gradients) {
    for (let index = 0; index < gradient.length; index++) largest = Math.max(largest, Math.abs(gradient[index] ?? 0));
  }
  return ROUNDING * largest;
}
