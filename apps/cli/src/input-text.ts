import { decodeText, fileBytes } from '@cloze/datasets';

/** The text on stdin, strictly decoded. */
export async function* stdinText(): AsyncGenerator<string, void, void> {
  yield* decodeText(process.stdin, 'stdin');
}

/** All of a text that comes in pieces. */
export async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

/** The lines of a text, without their ends; the last one need not have one. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  let pending = '';
  for await (const piece of pieces) {
    const lines = (pending + piece).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  if (pending !== '') yield pending;
}

/** The text of files, one after the other, or of stdin where none are named. */
export async function* textOfFiles(files: readonly string[]): AsyncGenerator<string, void, void> {
  if (files.length === 0) yield* stdinText();
  for (const file of files) yield* decodeText(fileBytes(file), file);
}
