import type { PretrainingRecipe } from '../recipe.ts';
import { bartRecipe } from './bart.ts';
import { bertRecipe } from './bert.ts';
import { elmoRecipe } from './elmo.ts';
import { glmRecipe } from './glm.ts';
import { gptRecipe } from './gpt.ts';
import { t5Recipe } from './t5.ts';

/** The families that can be pre-trained, and how. */
export const RECIPES = {
  elmo: elmoRecipe,
  bert: bertRecipe,
  gpt: gptRecipe,
  bart: bartRecipe,
  t5: t5Recipe,
  glm: glmRecipe,
} as const satisfies Readonly<Record<string, PretrainingRecipe>>;

/** The name of one of them. */
export type PretrainingFamily = keyof typeof RECIPES;

/** Their names. */
export const PRETRAINING_FAMILIES = Object.keys(RECIPES) as PretrainingFamily[];
