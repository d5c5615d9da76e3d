import { memory } from '@tensorflow/tfjs';
import { afterEach, beforeEach } from 'vitest';

/**
 * Registers hooks under which each test of the file (or of the surrounding `describe`) must end with as many tensors as it began with.
 * Tests wrap their own tensors in `tf.tidy` or dispose them; hooks that are registered later run inside.
 */
export function leaksNoTensors(): void {
  let before = 0;
  beforeEach(() => {
    before = memory().numTensors;
  });
  afterEach(() => {
    const leaked = memory().numTensors - before;
    if (leaked !== 0)
      throw new Error(
        `The test leaves ${leaked} more tensors than it found. Dispose them, or wrap the test in tf.tidy.`,
      );
  });
}
