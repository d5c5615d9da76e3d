import type { KernelDefinition } from './definition.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { INTERNAL } from './internal.ts';
import { LAYOUT } from './layout.ts';
import { PRODUCTS } from './products.ts';
import { REDUCTIONS } from './reductions.ts';

export { orderInputs, type KernelDefinition } from './definition.ts';

const DEFINITIONS = { ...ELEMENTWISE, ...REDUCTIONS, ...LAYOUT, ...PRODUCTS, ...INTERNAL };

/** The kernels that can be traced. */
export type KernelName = keyof typeof DEFINITIONS;

/** What tracing knows of each kernel. */
export const KERNELS: Readonly<Record<KernelName, KernelDefinition>> = DEFINITIONS;

/** Whether a kernel can be traced and lowered. */
export function isKernelName(name: string): name is KernelName {
  return Object.hasOwn(KERNELS, name);
}
