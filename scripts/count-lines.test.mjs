import { describe, expect, it } from 'vitest';
import { countLines } from './count-lines.mjs';
import { workspacePackages } from './workspace.mjs';

describe('the sources', () => {
  it('have no file above 400 lines', () => {
    const files = workspacePackages().flatMap(({ folder }) => countLines(folder));
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter(({ lines, isTest }) => !isTest && lines > 400)).toEqual([]);
  });
});
