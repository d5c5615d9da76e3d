import { testExperiment } from '../fixtures/test-experiment.ts';
import { peft } from './peft.ts';

testExperiment(peft);
