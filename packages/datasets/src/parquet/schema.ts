import type { ConvertedType, LogicalType, ParquetType, SchemaElement } from 'hyparquet';
import { invalid, unsupported, type Place } from './errors.ts';
import type { ThriftFields, ThriftReader } from './thrift.ts';

const TYPES: readonly ParquetType[] = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
];
const REPETITIONS = ['REQUIRED', 'OPTIONAL', 'REPEATED'] as const;
/** By number; what is not listed says nothing about how to read the values. */
const CONVERTED_TYPES: Readonly<Record<number, ConvertedType>> = {
  0: 'UTF8',
  1: 'MAP',
  3: 'LIST',
  4: 'UTF8', // ENUM
  5: 'DECIMAL',
  6: 'DATE',
  9: 'TIMESTAMP_MILLIS',
  10: 'TIMESTAMP_MICROS',
  13: 'UINT_32',
  14: 'UINT_64',
  19: 'UTF8', // JSON, as the text that it is
};
/** The same for logical types, which came later. */
const CONVERTED_OF_LOGICAL: Readonly<Record<number, ConvertedType>> = {
  1: 'UTF8',
  2: 'MAP',
  3: 'LIST',
  4: 'UTF8', // ENUM
  6: 'DATE',
  12: 'UTF8', // JSON
};
const TIME_UNITS = ['MILLIS', 'MICROS', 'NANOS'] as const;
/** A list of structures of lists takes seven. */
const MAX_DEPTH = 32;
/** Hashes and vectors; a decimal number takes 16. */
const MAX_FIXED_BYTES = 65_536;
const MAX_DECIMAL_BYTES = 32;

/** A column that holds values. */
export interface LeafColumn {
  /** Names from the top-level column down. */
  readonly path: readonly string[];
  readonly type: ParquetType;
  /** Bytes of each value, for `FIXED_LEN_BYTE_ARRAY`. */
  readonly typeLength: number;
  /** How many levels may be missing; 0 where nothing may. */
  readonly maxDefinitionLevel: number;
  /** How many levels are lists. */
  readonly maxRepetitionLevel: number;
  /** One value per row. */
  readonly isFlat: boolean;
}

/** Reads one element of the schema, as far as it says how to read values. */
export function readSchemaElement(thrift: ThriftReader, place: Place): SchemaElement {
  const numbers = { type: -1, typeLength: 0, repetition: 0, children: 0, scale: 0 };
  const kind: ValueKind = {};
  let name = '';
  thrift.struct({
    1: () => (numbers.type = thrift.integer()),
    2: () => (numbers.typeLength = thrift.integer()),
    3: () => (numbers.repetition = thrift.integer()),
    4: () => (name = thrift.text()),
    5: () => (numbers.children = thrift.integer()),
    6: () => (kind.converted = CONVERTED_TYPES[thrift.integer()]),
    7: () => (numbers.scale = thrift.integer()),
    10: () => {
      readLogicalType(thrift, kind);
    },
  });
  const repetition = REPETITIONS[numbers.repetition];
  if (repetition === undefined) throw invalid(place, `must say how often "${name}" may occur`);
  const { converted, logical } = kind;
  if (numbers.children > 0) {
    const isList = converted === 'LIST' || converted === 'MAP';
    const element = { name, repetition_type: repetition, num_children: numbers.children };
    return isList ? { ...element, converted_type: converted } : element;
  }
  const type = TYPES[numbers.type];
  if (type === undefined) throw invalid(place, `must say what type "${name}" is of`);
  const isValue = converted !== undefined && converted !== 'LIST' && converted !== 'MAP';
  const element: SchemaElement = {
    name,
    repetition_type: repetition,
    type,
    type_length: numbers.typeLength,
    scale: numbers.scale,
    ...(isValue && { converted_type: converted }),
    ...(logical !== undefined && { logical_type: logical }),
  };
  checkSizes(element, place);
  return element;
}

/** What values mean, beyond their physical type. */
interface ValueKind {
  converted?: ConvertedType | undefined;
  logical?: LogicalType;
}

function readLogicalType(thrift: ThriftReader, kind: ValueKind): void {
  const empty = (read: () => void) => () => {
    read();
    thrift.struct({});
  };
  const converted = Object.entries(CONVERTED_OF_LOGICAL).map(([id, type]) => [
    id,
    empty(() => (kind.converted = type)),
  ]);
  thrift.struct({
    ...(Object.fromEntries(converted) as ThriftFields),
    8: () => (kind.logical = readTimestamp(thrift)),
    10: () => (kind.logical = readInteger(thrift)),
    14: empty(() => (kind.logical = { type: 'UUID' })),
    15: empty(() => (kind.logical = { type: 'FLOAT16' })),
  });
}

function readTimestamp(thrift: ThriftReader): LogicalType {
  let isAdjustedToUTC = false;
  let unit = 0;
  const is = (index: number) => () => {
    unit = index;
    thrift.struct({});
  };
  thrift.struct({
    1: () => (isAdjustedToUTC = thrift.boolean()),
    2: () => {
      thrift.struct({ 1: is(0), 2: is(1), 3: is(2) });
    },
  });
  return { type: 'TIMESTAMP', isAdjustedToUTC, unit: TIME_UNITS[unit] ?? 'MILLIS' };
}

function readInteger(thrift: ThriftReader): LogicalType {
  let bitWidth = 0;
  let isSigned = true;
  thrift.struct({ 1: () => (bitWidth = thrift.integer()), 2: () => (isSigned = thrift.boolean()) });
  return { type: 'INTEGER', bitWidth, isSigned };
}

function checkSizes(element: SchemaElement, place: Place): void {
  const { name, type, type_length: length = 0, converted_type: convertedType, scale = 0 } = element;
  if (type === 'FIXED_LEN_BYTE_ARRAY' && !(length >= 1 && length <= MAX_FIXED_BYTES)) {
    throw invalid(place, `must have values of 1 to ${MAX_FIXED_BYTES} bytes in "${name}", got ${length}`);
  }
  if (convertedType !== 'DECIMAL') return;
  if (!(scale >= 0 && scale <= 76)) throw invalid(place, `must have a scale in [0, 76] in "${name}", got ${scale}`);
  const isLong = type === 'FIXED_LEN_BYTE_ARRAY' && length > MAX_DECIMAL_BYTES;
  if (isLong || type === 'BYTE_ARRAY') throw unsupported(place.file, `decimal numbers of any length ("${name}")`);
}

/**
 * The columns of a schema, which is a tree written in depth-first order.
 *
 * @throws {ClozeError} `DATA_INVALID` when it is no tree, too deep, or has a name twice.
 */
export function leafColumns(schema: readonly SchemaElement[], place: Place): LeafColumn[] {
  const leaves: LeafColumn[] = [];
  let next = 0;
  const visit = (parent: readonly SchemaElement[]): SchemaElement => {
    const element = schema[next++];
    if (element === undefined) throw invalid(place, 'must have as many columns as its schema says');
    if (parent.length > MAX_DEPTH) throw invalid(place, `must have a schema of at most ${MAX_DEPTH} levels`);
    if (parent.length === 0 && element.repetition_type === 'REPEATED')
      throw invalid(place, 'must have a root that occurs once');
    const path = [...parent, element];
    if (element.num_children === undefined) leaves.push(leafColumn(path, element));
    const names = new Set<string>();
    for (let child = 0; child < (element.num_children ?? 0); child++) names.add(visit(path).name);
    if (names.size !== (element.num_children ?? 0) || names.has('__proto__')) {
      throw invalid(place, `must have columns of different names, other than __proto__, in "${element.name}"`);
    }
    return element;
  };
  visit([]);
  if (next !== schema.length) throw invalid(place, 'must have a schema that is one tree');
  return leaves;
}

function leafColumn(path: readonly SchemaElement[], element: SchemaElement): LeafColumn {
  const levels = path.slice(1).map(({ repetition_type }) => repetition_type);
  return {
    path: path.slice(1).map(({ name }) => name),
    type: element.type ?? 'BYTE_ARRAY',
    typeLength: element.type_length ?? 0,
    maxDefinitionLevel: levels.filter((level) => level !== 'REQUIRED').length,
    maxRepetitionLevel: levels.filter((level) => level === 'REPEATED').length,
    isFlat: path.length === 2 && levels[0] !== 'REPEATED',
  };
}
