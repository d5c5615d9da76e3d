/** A command line and what it does. */
export type Example = readonly [commandLine: string, purpose: string];

/** The examples under a help text. */
export function examples(...lines: readonly Example[]): string {
  const shown = lines.map(([commandLine, purpose]) => `  ${commandLine}\n      ${purpose}`);
  return `\nExamples:\n${shown.join('\n')}`;
}
