import { setImmediate as othersFirst } from 'node:timers/promises';
import type { Database, Statement } from '../storage/database.ts';
import type { Owned, RowNumbers } from './owned.ts';
import { sampleValues } from './series.ts';
import { compareValues, type SeriesColumns, SeriesPoints } from './seriesPoints.ts';
import type { MetricPoint, StoredMetricSummary } from './store.ts';

/** NaN has no number in SQLite: it is stored under its name. */
type StoredValue = number | 'NaN';

type PointRow = [step: number, timestamp: number, value: StoredValue];

interface SeriesRow {
  readonly id: number;
  readonly key: string;
  count: number;
  last_step: number;
  last_timestamp: number;
  last_value: StoredValue;
  lowest: StoredValue;
  highest: StoredValue;
}

const cachedRuns = 256;
/** Room for one metric of ten million points. */
const cachedPointBytes = 256_000_000;
/** Longer series are sampled by seeking instead of being read whole for twelve values. */
const readWholeBelow = 2_000;
const rowsTogether = 32;
/** Some 50 ms of reading, after which others are answered. */
const pageOfPoints = 50_000;

/**
 * The tables `series` and `points`, with what was read of them kept in memory: this process is their only
 * writer, so what it wrote is added to what it knows. Call `committed` or `rolledBack` after the transaction.
 */
export class MetricTable {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #series = new Map<number, Map<string, SeriesRow>>();
  readonly #points = new Map<number, SeriesPoints>();
  readonly #samples = new Map<number, { readonly count: number; readonly values: readonly number[] }>();
  readonly #reading = new Map<number, Promise<void>>();
  #pending: { readonly series: number; readonly point: MetricPoint }[] = [];
  #pendingRun = 0;
  /** Series, step, timestamp and value of points that are still to be inserted. */
  #rows: StoredValue[] = [];

  constructor(database: Database) {
    this.#statements = prepare(database);
  }

  insert(run: number, metrics: readonly MetricPoint[]): void {
    const known = this.#seriesOf(run);
    const touched = new Set<SeriesRow>();
    this.#pendingRun = run;
    for (const metric of metrics) {
      let series = known.get(metric.key);
      if (!series) {
        series = this.#create(run, metric);
        known.set(metric.key, series);
      }
      if (this.#store(series, metric)) {
        extend(series, metric);
        touched.add(series);
        this.#pending.push({ series: series.id, point: metric });
      }
    }
    this.#flushRows();
    for (const series of touched) {
      this.#statements.updateSeries.run(
        series.count,
        series.last_step,
        series.last_timestamp,
        series.last_value,
        series.lowest,
        series.highest,
        series.id,
      );
    }
  }

  committed(): void {
    for (const { series, point } of this.#pending) {
      this.#points.get(series)?.append(point.step, point.timestamp, point.value);
    }
    this.#pending = [];
  }

  rolledBack(): void {
    this.#rows = [];
    this.#series.delete(this.#pendingRun);
    this.#pending = [];
  }

  /** What was kept in memory may differ from the tables: all of it is read again. */
  forgetAll(): void {
    this.#series.clear();
    this.#points.clear();
    this.#samples.clear();
    this.#pending = [];
  }

  /** Ordered by key. */
  summaries(run: number): StoredMetricSummary[] {
    return [...this.#seriesOf(run).values()]
      .filter((series) => series.count > 0)
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(toSummary);
  }

  summary(run: number, key: string): StoredMetricSummary | undefined {
    const series = this.#seriesOf(run).get(key);
    return series && toSummary(series);
  }

  /** The latest points of several runs at once, ordered by run and key. */
  latestOf(runs: RowNumbers): Owned<MetricPoint>[] {
    return this.#statements.latestOf
      .all(runs)
      .map(([run, key, step, timestamp, value]) => [run, { key, step, timestamp, value: Number(value) }]);
  }

  /**
   * The same as `columns`, but a long series is read page by page, and others are answered between two pages. What is
   * logged meanwhile is in it too. To be used before anything else is awaited.
   */
  async read(run: number, key: string): Promise<SeriesColumns | undefined> {
    const series = this.#seriesOf(run).get(key);
    if (series && series.count > pageOfPoints && !this.#points.has(series.id)) {
      let reading = this.#reading.get(series.id);
      if (!reading) {
        reading = this.#readByPages(run, series).finally(() => this.#reading.delete(series.id));
        this.#reading.set(series.id, reading);
      }
      await reading;
    }
    return this.columns(run, key);
  }

  columns(run: number, key: string): SeriesColumns | undefined {
    const series = this.#seriesOf(run).get(key);
    return series && this.#load(series).columns();
  }

  /** Up to `wanted` values over the whole series, for a small line. */
  sample(run: number, key: string, wanted: number): readonly number[] {
    const series = this.#seriesOf(run).get(key);
    if (!series) {
      return [];
    }
    const known = this.#samples.get(series.id);
    if (known?.count === series.count) {
      return known.values;
    }
    const values =
      this.#points.has(series.id) || series.count < readWholeBelow
        ? sampleValues(this.#load(series).columns(), wanted)
        : this.#seek(series, wanted);
    this.#samples.set(series.id, { count: series.count, values });
    return values;
  }

  /**
   * Says whether the point is new. One beyond the end of its series surely is, and waits for others, because
   * many rows in one statement cost less than half; any other is tried alone.
   */
  #store(series: SeriesRow, metric: MetricPoint): boolean {
    const value = encode(metric.value);
    if (series.count === 0 || compareToLast(series, metric) > 0) {
      this.#rows.push(series.id, metric.step, metric.timestamp, value);
      return true;
    }
    this.#flushRows();
    return this.#statements.insertPoint.run(series.id, metric.step, metric.timestamp, value).changes > 0;
  }

  #flushRows(): void {
    const rows = this.#rows;
    this.#rows = [];
    const whole = rows.length - (rows.length % (rowsTogether * 4));
    for (let at = 0; at < whole; at += rowsTogether * 4) {
      this.#statements.insertPoints.run(...rows.slice(at, at + rowsTogether * 4));
    }
    for (let at = whole; at < rows.length; at += 4) {
      this.#statements.insertPoint.run(rows[at], rows[at + 1], rows[at + 2], rows[at + 3]);
    }
  }

  #create(run: number, metric: MetricPoint): SeriesRow {
    const value = encode(metric.value);
    const { lastInsertRowid } = this.#statements.insertSeries.run(
      run,
      metric.key,
      metric.step,
      metric.timestamp,
      value,
      value,
      value,
    );
    return {
      id: Number(lastInsertRowid),
      key: metric.key,
      count: 0,
      last_step: metric.step,
      last_timestamp: metric.timestamp,
      last_value: value,
      lowest: value,
      highest: value,
    };
  }

  #seriesOf(run: number): Map<string, SeriesRow> {
    let series = this.#series.get(run);
    if (series) {
      this.#series.delete(run);
    } else {
      series = new Map(this.#statements.seriesOfRun.all(run).map((row) => [row.key, row]));
    }
    this.#series.set(run, series);
    if (this.#series.size > cachedRuns) {
      this.#series.delete(this.#series.keys().next().value!);
    }
    return series;
  }

  #load(series: SeriesRow): SeriesPoints {
    let points = this.#points.get(series.id);
    if (points) {
      this.#points.delete(series.id);
    } else {
      points = new SeriesPoints(series.count + 16);
      for (const [step, timestamp, value] of this.#statements.points.iterate(series.id)) {
        points.append(step, timestamp, Number(value));
      }
    }
    this.#keep(series.id, points);
    return points;
  }

  async #readByPages(run: number, { id, key, count }: SeriesRow): Promise<void> {
    const points = new SeriesPoints(count + 16);
    let page = this.#statements.firstPage.all(id);
    for (;;) {
      for (const [step, timestamp, value] of page) {
        points.append(step, timestamp, Number(value));
      }
      if (page.length < pageOfPoints) {
        break;
      }
      await othersFirst();
      page = this.#statements.pageBehind.all(id, ...page.at(-1)!);
    }
    // A point that was logged into a page already read is missing: such a series is read at once when it is asked for.
    if (this.#seriesOf(run).get(key)?.count === points.length) {
      this.#keep(id, points);
    }
  }

  #keep(series: number, points: SeriesPoints): void {
    this.#points.set(series, points);
    this.#forgetOldest(series);
  }

  #forgetOldest(keep: number): void {
    let bytes = [...this.#points.values()].reduce((sum, points) => sum + points.bytes, 0);
    for (const [id, points] of this.#points) {
      if (bytes <= cachedPointBytes) {
        return;
      }
      if (id !== keep || points.bytes > cachedPointBytes) {
        this.#points.delete(id);
        bytes -= points.bytes;
      }
    }
  }

  #seek(series: SeriesRow, wanted: number): number[] {
    const first = this.#statements.firstStep.get(series.id)!.step;
    const span = series.last_step - first;
    const values = Array.from({ length: wanted - 1 }, (_, index) =>
      Number(
        this.#statements.valueFrom.get(series.id, first + Math.floor((span * index) / (wanted - 1)))!.value,
      ),
    );
    return [...values, Number(series.last_value)];
  }
}

function prepare(database: Database) {
  return {
    insertPoint: database.prepare(
      'INSERT OR IGNORE INTO points (series, step, timestamp, value) VALUES (?, ?, ?, ?)',
    ),
    insertPoints: database.prepare(
      `INSERT INTO points (series, step, timestamp, value)
       VALUES ${Array.from({ length: rowsTogether }, () => '(?, ?, ?, ?)').join(', ')}`,
    ),
    insertSeries: database.prepare(
      `INSERT INTO series (run, key, count, last_step, last_timestamp, last_value, lowest, highest)
       VALUES (?, ?, 0, ?, ?, ?, ?, ?)`,
    ),
    updateSeries: database.prepare(
      `UPDATE series SET count = ?, last_step = ?, last_timestamp = ?, last_value = ?, lowest = ?, highest = ?
       WHERE id = ?`,
    ),
    seriesOfRun: database.prepare(
      `SELECT id, key, count, last_step, last_timestamp, last_value, lowest, highest
       FROM series WHERE run = ?`,
    ) as Statement<[number], SeriesRow>,
    latestOf: database
      .prepare(
        `SELECT run, key, last_step, last_timestamp, last_value FROM series
         WHERE run IN (SELECT value FROM json_each(?)) AND count > 0 ORDER BY run, key`,
      )
      .raw() as Statement<[RowNumbers], [number, string, number, number, StoredValue]>,
    points: database
      .prepare('SELECT step, timestamp, value FROM points WHERE series = ? ORDER BY step, timestamp, value')
      .raw() as Statement<[number], PointRow>,
    firstPage: database
      .prepare(
        `SELECT step, timestamp, value FROM points WHERE series = ?
         ORDER BY step, timestamp, value LIMIT ${pageOfPoints}`,
      )
      .raw() as Statement<[number], PointRow>,
    pageBehind: database
      .prepare(
        `SELECT step, timestamp, value FROM points WHERE series = ? AND (step, timestamp, value) > (?, ?, ?)
         ORDER BY step, timestamp, value LIMIT ${pageOfPoints}`,
      )
      .raw() as Statement<[number, ...PointRow], PointRow>,
    firstStep: database.prepare(
      'SELECT step FROM points WHERE series = ? ORDER BY step LIMIT 1',
    ) as Statement<[number], { step: number }>,
    valueFrom: database.prepare(
      'SELECT value FROM points WHERE series = ? AND step >= ? ORDER BY step, timestamp, value LIMIT 1',
    ) as Statement<[number, number], { value: StoredValue }>,
  };
}

function extend(series: SeriesRow, metric: MetricPoint): void {
  series.count += 1;
  if (compareToLast(series, metric) >= 0) {
    series.last_step = metric.step;
    series.last_timestamp = metric.timestamp;
    series.last_value = encode(metric.value);
  }
  if (!Number.isNaN(metric.value)) {
    series.lowest = numberAmong(series.lowest, metric.value, Math.min);
    series.highest = numberAmong(series.highest, metric.value, Math.max);
  }
}

function compareToLast(series: SeriesRow, metric: MetricPoint): number {
  return (
    metric.step - series.last_step ||
    metric.timestamp - series.last_timestamp ||
    compareValues(metric.value, Number(series.last_value))
  );
}

function numberAmong(known: StoredValue, value: number, choose: (a: number, b: number) => number): number {
  return known === 'NaN' ? value : choose(known, value);
}

function encode(value: number): StoredValue {
  return Number.isNaN(value) ? 'NaN' : value;
}

function toSummary(series: SeriesRow): StoredMetricSummary {
  return {
    key: series.key,
    latest: {
      key: series.key,
      value: Number(series.last_value),
      timestamp: series.last_timestamp,
      step: series.last_step,
    },
    count: series.count,
    lowest: Number(series.lowest),
    highest: Number(series.highest),
  };
}
