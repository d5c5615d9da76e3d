import { testExperiment } from '../fixtures/test-experiment.ts';
import { nextSentence } from './next-sentence.ts';

testExperiment(nextSentence);
