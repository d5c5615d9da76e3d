import { ClozeError } from '@cloze/core';
import type { parquetRead } from 'hyparquet';
import { loadCodecs, type PageCodecs } from './codecs.ts';

/** The packages that decode. */
export interface Decoder {
  readonly parquetRead: typeof parquetRead;
  readonly codecs: PageCodecs;
}

/**
 * Loads the packages, which are optional.
 *
 * @throws {ClozeError} `UNSUPPORTED_FORMAT` when they are not installed.
 */
export async function loadDecoder(): Promise<Decoder> {
  try {
    const [{ parquetRead }, codecs] = await Promise.all([import('hyparquet'), loadCodecs()]);
    return { parquetRead, codecs };
  } catch (cause) {
    throw new ClozeError('UNSUPPORTED_FORMAT', {
      message: 'Parquet files need the packages hyparquet and hyparquet-compressors, found none.',
      hint: 'Install them: npm install hyparquet hyparquet-compressors.',
      cause,
    });
  }
}
