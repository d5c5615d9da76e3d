import { testExperiment } from '../fixtures/test-experiment.ts';
import { bartNoise } from './bart-noise.ts';

testExperiment(bartNoise);
