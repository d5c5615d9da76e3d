import { testExperiment } from '../fixtures/test-experiment.ts';
import { masking } from './masking.ts';

testExperiment(masking);
