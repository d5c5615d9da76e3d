import { testExperiment } from '../fixtures/test-experiment.ts';
import { wordSenses } from './word-senses.ts';

testExperiment(wordSenses);
