import { ClozeError } from '@cloze/core';
import { METHOD_NAMES, type MethodName } from '@cloze/peft';

/** @throws {ClozeError} `USAGE` when there is none of that name. */
export function methodNamed(name: string): MethodName {
  const method = METHOD_NAMES.find((known) => known === name);
  if (method !== undefined) return method;
  throw new ClozeError('USAGE', {
    message: `A method must be one of ${METHOD_NAMES.join(', ')}, got "${name}".`,
    hint: 'Name some of them, separated by commas.',
  });
}
