import { ClozeError } from './errors.ts';

/** Limits on what files may claim, in one place. Functions that read files take other values as options. */
export const LIMITS = {
  /** Bytes of a safetensors header; the format's own limit. */
  safetensorsHeaderBytes: 100_000_000,
  /** Bytes of a JSON file. */
  jsonBytes: 250_000_000,
  /** Characters of one string or number in JSON. */
  jsonTokenLength: 100_000,
  /** Nesting of arrays and objects in JSON. */
  jsonDepth: 64,
  /** Layers of a model, as claimed by a configuration; every other size is compared with the tensors before memory is taken. */
  numLayers: 1024,
} as const;

/**
 * Refuses a value above a limit.
 *
 * @throws {ClozeError} `RESOURCE_LIMIT` naming the limit, the value and how to raise it.
 */
export function checkLimit(
  what: string,
  value: number | bigint,
  { name, limit }: { readonly name: string; readonly limit: number },
  position: { readonly file?: string | undefined; readonly offset?: number | undefined } = {},
): void {
  if (value <= limit) return;
  throw new ClozeError('RESOURCE_LIMIT', {
    ...position,
    message: `${what} must be at most ${limit.toLocaleString('en-US')}, got ${value.toLocaleString('en-US')}.`,
    hint: `The file is probably damaged or hostile; if not, raise the limit ${name}.`,
    expected: `<= ${limit}`,
    actual: value.toString(),
  });
}
