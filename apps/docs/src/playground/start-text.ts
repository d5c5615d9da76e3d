import philosophy from '../../../../docs/philosophy.md?raw';
import architecture from '../../../../docs/architecture.md?raw';
import families from '../../../../docs/adding-a-family.md?raw';

/** What the model learns from until somebody pastes something better: what this project says of itself. */
export const startText: string = [philosophy, architecture, families].join('\n');
