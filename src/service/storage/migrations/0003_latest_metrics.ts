import type { Migration } from './migration.ts';

/** A search by metrics reads this alone: the latest values of one key side by side, in the order of runs. */
export const latestMetricsMigration: Migration = {
  number: 3,
  sql: 'CREATE INDEX series_latest ON series (key, run, last_value);',
};
