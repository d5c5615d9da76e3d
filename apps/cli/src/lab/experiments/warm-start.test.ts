import { testExperiment } from '../fixtures/test-experiment.ts';
import { warmStart } from './warm-start.ts';

testExperiment(warmStart);
