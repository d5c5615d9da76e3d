/** What this package writes as JSON. Maps keep the order and any key; absent (undefined) fields are left out. */
export type JsonOutput =
  | null
  | boolean
  | number
  | string
  | readonly JsonOutput[]
  | ReadonlyMap<string, JsonOutput>
  | { readonly [key: string]: JsonOutput | undefined };

/** JSON text, two spaces per level, arrays without objects on one line. */
export function writeJson(value: JsonOutput): string {
  return write(value, '\n');
}

function write(value: JsonOutput, newline: string): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const inner = `${newline}  `;
  if (isList(value)) {
    if (value.length === 0) return '[]';
    const parts = value.map((item) => write(item, inner));
    const isFlat = value.every((item) => item === null || typeof item !== 'object');
    return isFlat ? `[${parts.join(', ')}]` : `[${inner}${parts.join(`,${inner}`)}${newline}]`;
  }
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const parts: string[] = [];
  for (const [key, field] of entries as [string, JsonOutput | undefined][]) {
    if (field !== undefined) parts.push(`${JSON.stringify(key)}: ${write(field, inner)}`);
  }
  return parts.length === 0 ? '{}' : `{${inner}${parts.join(`,${inner}`)}${newline}}`;
}

function isList(value: object): value is readonly JsonOutput[] {
  return Array.isArray(value);
}
