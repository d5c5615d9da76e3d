import { testExperiment } from '../fixtures/test-experiment.ts';
import { t5 } from './t5.ts';

testExperiment(t5);
