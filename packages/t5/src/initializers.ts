import { normal, type Initializer } from '@cloze/core';
import type { T5Config } from './config.ts';

/**
 * First values of a matrix: normal with standard deviation `fan^-0.5`, times the configuration's factor. The query's fan has the head size in it, in
 * place of a scaling of the scores.
 */
export function fanNormal({ initializerFactor }: Pick<T5Config, 'initializerFactor'>, fan: number): Initializer {
  return normal(initializerFactor * fan ** -0.5);
}
