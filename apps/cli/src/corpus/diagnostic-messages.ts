import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClozeError } from '@cloze/core';
import { findTypeScript } from './find-typescript.ts';

/** What TypeScript says about a program. */
export interface DiagnosticMessage {
  /** 1000 to 1999 are about syntax, 2000 to 2999 about types, 4000 to 4999 about declaration files, and so on. */
  readonly code: number;
  /** The name under which translations are found. */
  readonly key: string;
  /** English, with `{0}` for what is filled in. */
  readonly text: string;
}

/** The languages that TypeScript's messages are translated into. */
export const LANGUAGES = [
  'cs',
  'de',
  'es',
  'fr',
  'it',
  'ja',
  'ko',
  'pl',
  'pt-br',
  'ru',
  'tr',
  'zh-cn',
  'zh-tw',
] as const;

/** One of {@link LANGUAGES}. */
export type Language = (typeof LANGUAGES)[number];

/**
 * The messages of TypeScript's compiler in English, by code: about 2,100 sentences that lie on the disk wherever TypeScript is installed.
 *
 * @throws {ClozeError} `DATA_INVALID` when TypeScript is not found, or holds no messages where it did in version 6.
 */
export async function diagnosticMessages(): Promise<DiagnosticMessage[]> {
  const { folder } = await findTypeScript();
  const source = await readFile(join(folder, 'typescript.js'), 'utf8');
  const messages = new Map<number, DiagnosticMessage>();
  for (const [, code, key = '', text] of source.matchAll(
    /\bdiag\((\d+), \d[^,]*, "((?:[^"\\]|\\.)*)", ("(?:[^"\\]|\\.)*")/g,
  )) {
    messages.set(Number(code), { code: Number(code), key, text: String(JSON.parse(text ?? '""')) });
  }
  if (messages.size === 0) {
    throw new ClozeError('DATA_INVALID', {
      message: "TypeScript's messages must stand in typescript.js, found none.",
      hint: 'Install the version of TypeScript that came with this program.',
      file: folder,
    });
  }
  return [...messages.values()].toSorted((a, b) => a.code - b.code);
}

/** The messages that are translated into a language: English and translation, by code. */
export async function translatedMessages(
  language: Language,
): Promise<(DiagnosticMessage & { readonly translation: string })[]> {
  const { folder } = await findTypeScript();
  const json: unknown = JSON.parse(await readFile(join(folder, language, 'diagnosticMessages.generated.json'), 'utf8'));
  const translations = new Map(Object.entries(typeof json === 'object' && json !== null ? json : {}));
  return (await diagnosticMessages()).flatMap((message) => {
    const translation: unknown = translations.get(message.key);
    return typeof translation === 'string' ? [{ ...message, translation }] : [];
  });
}
