import type { Encoding } from '../encoding.ts';
import type { JsonOutput } from '../write-json.ts';
import type { PostProcessor } from './post-processor.ts';
import { trimOffsets } from './trim-offsets.ts';

/** Adds no tokens; leaves the white space of byte-level tokens out of their offsets when `trimOffsets` says so. */
export class ByteLevelPostProcessor implements PostProcessor {
  readonly addPrefixSpace: boolean;
  readonly trimOffsets: boolean;
  readonly useRegex: boolean;

  /** @param options The file's fields; `useRegex` means nothing here and is kept for the file. */
  constructor({
    addPrefixSpace = true,
    trimOffsets = true,
    useRegex = true,
  }: { addPrefixSpace?: boolean; trimOffsets?: boolean; useRegex?: boolean } = {}) {
    this.addPrefixSpace = addPrefixSpace;
    this.trimOffsets = trimOffsets;
    this.useRegex = useRegex;
  }

  numAddedTokens(): number {
    return 0;
  }

  process(encodings: readonly Encoding[]): Encoding[] {
    if (!this.trimOffsets) return [...encodings];
    return encodings.map((encoding) => trimOffsets(encoding, this.addPrefixSpace));
  }

  toJson(): JsonOutput {
    return {
      type: 'ByteLevel',
      add_prefix_space: this.addPrefixSpace,
      trim_offsets: this.trimOffsets,
      use_regex: this.useRegex,
    };
  }
}
