import { testExperiment } from '../fixtures/test-experiment.ts';
import { prompting } from './prompting.ts';

testExperiment(prompting);
