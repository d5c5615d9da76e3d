import type { PretrainingRecipe } from '../recipe.ts';
import { gptRecipe } from './gpt.ts';

/** The families that can be pre-trained, and how. */
export const RECIPES = { gpt: gptRecipe } as const satisfies Readonly<Record<string, PretrainingRecipe>>;

/** The name of one of them. */
export type PretrainingFamily = keyof typeof RECIPES;

/** Their names. */
export const PRETRAINING_FAMILIES = Object.keys(RECIPES) as PretrainingFamily[];
