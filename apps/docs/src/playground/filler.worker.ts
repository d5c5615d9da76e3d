import { expose } from 'comlink';
import { Filler } from './filler.ts';
import { shippedModel } from './shipped-model.ts';
import { startTfjs } from './start-tfjs.ts';

// At once: what the page asks before there is somebody to hear it would be lost.
expose(new Filler(shippedModel, startTfjs()));
