import { expose } from 'comlink';
import { startTfjs } from './start-tfjs.ts';
import { Trainer } from './trainer.ts';

// At once: what the page asks before there is somebody to hear it would be lost.
expose(new Trainer(startTfjs()));
