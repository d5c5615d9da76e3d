import { testExperiment } from '../fixtures/test-experiment.ts';
import { glm } from './glm.ts';

testExperiment(glm);
