/** Shows what is measured next on standard error: one line that is written over in a terminal, a line each elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  show(message: string): void {
    this.#stream.write(this.#stream.isTTY ? `\r\u001b[K${message} ...` : `${message} ...\n`);
  }

  /** Makes room for the report. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[K');
  }
}
