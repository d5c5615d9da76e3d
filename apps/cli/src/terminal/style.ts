import { styleText } from 'node:util';

/** Makes text stand out, or returns it as it is where colours are not wanted. */
export type Paint = (text: string) => string;

/** The few kinds of emphasis that the command line uses. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
}

/** The part of a stream that decides about colours. */
export interface MaybeTerminal {
  readonly isTTY?: boolean;
}

/**
 * Colours for a stream: on a terminal unless `NO_COLOR` is set or the terminal is dumb, and anywhere if `FORCE_COLOR` is set.
 *
 * @see <https://no-color.org>, which asks for "not empty".
 */
export function styleFor(stream: MaybeTerminal, environment: NodeJS.ProcessEnv = process.env): Style {
  const isColoured = wantsColour(stream, environment);
  const paint =
    (format: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'): Paint =>
    (text) =>
      // The decision is ours: Node 20 knows no streams here and later versions would look at stdout.
      isColoured ? styleText(format, text, { validateStream: false }) : text;
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
    cyan: paint('cyan'),
  };
}

function wantsColour({ isTTY = false }: MaybeTerminal, { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  return isTTY && TERM !== 'dumb';
}
