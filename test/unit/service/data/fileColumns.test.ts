import { expect, it } from 'vitest';
import { typedFileColumn } from '../../../../src/service/data/fileColumns.ts';

it.each([
  ['TINYINT', 'integer'],
  ['SMALLINT', 'integer'],
  ['INTEGER', 'integer'],
  ['UINTEGER', 'integer'],
  ['BIGINT', 'integer'],
  ['UBIGINT', 'integer'],
  ['HUGEINT', 'integer'],
  ['FLOAT', 'number'],
  ['DECIMAL(8,2)', 'decimal'],
  ['VARCHAR', 'text'],
  ['TIME', 'time'],
  ['INTERVAL', 'text'],
])('a column that is %s in its file is %s', (sqlType, type) => {
  const column = typedFileColumn('age', sqlType);
  expect(column.type).toBe(type);
  expect(column.sql).toBe(type === 'text' && sqlType !== 'VARCHAR' ? 'CAST("age" AS VARCHAR)' : '"age"');
});
