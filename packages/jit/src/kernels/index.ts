import type { KernelDefinition } from './definition.ts';
import { ELEMENTWISE, type ElementwiseKernel } from './elementwise.ts';
import { INTERNAL, type InternalKernel } from './internal.ts';
import { LAYOUT, type LayoutKernel } from './layout.ts';
import { PRODUCTS, type ProductKernel } from './products.ts';
import { REDUCTIONS, type ReductionKernel } from './reductions.ts';

export { orderInputs, type KernelDefinition } from './definition.ts';

/** The kernels that a graph can hold. */
export type KernelName = ElementwiseKernel | InternalKernel | LayoutKernel | ProductKernel | ReductionKernel;

/** What tracing knows of each kernel. */
export const KERNELS: Readonly<Record<KernelName, KernelDefinition>> = {
  ...ELEMENTWISE,
  ...REDUCTIONS,
  ...LAYOUT,
  ...PRODUCTS,
  ...INTERNAL,
};

/** Whether a kernel can be traced and lowered. */
export function isKernelName(name: string): name is KernelName {
  return Object.hasOwn(KERNELS, name);
}
