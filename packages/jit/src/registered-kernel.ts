import * as tf from '@tensorflow/tfjs';

/** Whether a backend has a kernel. */
export function hasKernel(kernelName: string, backendName: string): boolean {
  return findKernel(kernelName, backendName) !== undefined;
}

/** `tf.getKernel` gives `undefined` where its type does not say so. */
function findKernel(kernelName: string, backendName: string): tf.KernelConfig | undefined {
  return tf.getKernel(kernelName, backendName);
}
