import { testExperiment } from '../fixtures/test-experiment.ts';
import { t5Mixing } from './t5-mixing.ts';

testExperiment(t5Mixing);
