import { testExperiment } from '../fixtures/test-experiment.ts';
import { embeddings } from './embeddings.ts';

testExperiment(embeddings);
