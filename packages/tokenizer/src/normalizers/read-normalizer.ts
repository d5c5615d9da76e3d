import { shown } from '../errors.ts';
import type { JsonFields } from '../json-fields.ts';
import type { Normalizer } from './normalizer.ts';

/** Reads the object under `normalizer`. */
export function readNormalizer(fields: JsonFields): Normalizer {
  return fields.fail('TOKENIZER_UNKNOWN_TYPE', `there is no normalizer ${shown(fields.string('type'))}`, undefined, 'type');
}
