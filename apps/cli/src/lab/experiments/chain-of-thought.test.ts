import { testExperiment } from '../fixtures/test-experiment.ts';
import { chainOfThought } from './chain-of-thought.ts';

testExperiment(chainOfThought);
