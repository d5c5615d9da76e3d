import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClozeError } from '@cloze/core';
import { fc, it as itForAll } from '@fast-check/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decodeText, readText } from './text.ts';

const encoder = new TextEncoder();

describe('decodeText', () => {
  itForAll.prop([fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 7 })])(
    'gives back the text, wherever the bytes are cut',
    async (text, size) => {
      const plain = text.replaceAll('\0', '');
      const pieces = await collect(decodeText(chunksOf(encoder.encode(plain), size), 'x'));
      expect(pieces.join('')).toBe(plain.replace(/^\uFEFF/, ''));
    },
  );

  itForAll.prop([fc.uint8Array({ min: 1, maxLength: 24 }), fc.integer({ min: 1, max: 5 })])(
    'accepts exactly what the strict decoder of the platform accepts',
    async (bytes, size) => {
      const expected = decodesStrictly(bytes);
      const actual = await collect(decodeText(chunksOf(bytes, size), 'x')).then(
        () => true,
        () => false,
      );
      expect(actual).toBe(expected);
    },
  );

  it.each([
    ['a byte that begins no character', [0x61, 0x62, 0xff, 0x63], 2],
    ['an overlong form', [0x61, 0xc0, 0xaf], 1],
    ['a surrogate', [0x61, 0xed, 0xa0, 0x80], 1],
    ['a character above U+10FFFF', [0xf4, 0x90, 0x80, 0x80], 0],
    ['a character that was cut off', [0x61, 0xe2, 0x82], 1],
  ])('says where there is %s', async (_, bytes, offset) => {
    for (const size of [1, 2, 100]) {
      await expect(collect(decodeText(chunksOf(Uint8Array.from(bytes), size), 'data.txt'))).rejects.toMatchObject({
        code: 'DATA_INVALID',
        exitCode: 3,
        file: 'data.txt',
        offset,
      });
    }
  });

  it('refuses binary files', async () => {
    const error = await collect(decodeText([Uint8Array.of(0x50, 0x4b, 3, 4, 0, 1)], 'model.zip')).catch(
      (thrown: unknown) => thrown as ClozeError,
    );
    expect(error).toHaveProperty(
      'message',
      'DATA_INVALID: model.zip @ byte 4: Text must not hold NUL bytes, got one: this is a binary file. Convert the file to UTF-8 text.',
    );
  });
});

describe('readText', () => {
  it('reads files larger than a piece', async () => {
    const text = 'Größe 🙂 '.repeat(200_000);
    const pieces = await collect(readText(temporaryFile('large.txt', text)));
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.join('') === text).toBe(true);
  });

  it('refuses files that are missing, empty, or folders', async () => {
    const empty = temporaryFile('empty.txt', '');
    await expect(collect(readText(empty))).rejects.toThrow(
      `DATA_INVALID: ${empty}: The file must hold text, got 0 bytes. Check how it was written, or leave it out.`,
    );
    await expect(collect(readText(`${empty}.no`))).rejects.toThrow(
      `DATA_INVALID: ${empty}.no: The file must exist, found none. Check the path; it is relative to the working directory.`,
    );
    await expect(collect(readText(tmpdir()))).rejects.toThrow(
      `DATA_INVALID: ${tmpdir()}: Data must be a regular file, got a folder or a device. Name the files in it one by one.`,
    );
  });

  it('names the system code of what it may not open', async () => {
    await expect(collect(readText(`/${'x'.repeat(5000)}`))).rejects.toMatchObject({ code: 'IO', exitCode: 4 });
  });
});

function decodesStrictly(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function* chunksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let begin = 0; begin < bytes.length; begin += size) yield bytes.subarray(begin, begin + size);
}

async function collect(pieces: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

function temporaryFile(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'cloze-datasets-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}
