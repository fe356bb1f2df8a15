import {
  keyedRows,
  keyedTable,
  listOperators,
  type Noun,
  nullOperators,
  numberColumn,
  type RowsSource,
  textColumn,
} from '../search/noun.ts';

/** What traces are found by: their own fields, tags and metadata; what is in their spans is not. */
export const searchableTraces: Noun = {
  entities: [
    {
      words: ['tag', 'tags'],
      anyKey: keyedRows('text', keyedTable('trace_tags', 'trace', 'traces'), { operators: nullOperators }),
    },
    {
      words: ['request_metadata', 'metadata'],
      anyKey: keyedRows('text', keyedTable('trace_metadata', 'trace', 'traces'), {
        operators: nullOperators,
      }),
    },
    {
      words: ['attribute', 'attributes', 'trace'],
      mayBeLeftOut: true,
      keys: {
        request_id: textColumn('traces.trace_id', { operators: listOperators, aliases: ['trace_id'] }),
        timestamp_ms: numberColumn('traces.request_time', { aliases: ['timestamp'] }),
        execution_time_ms: numberColumn('traces.duration', { isNullable: true, aliases: ['execution_time'] }),
        end_time_ms: numberColumn('(traces.request_time + traces.duration)', {
          isNullable: true,
          aliases: ['end_time'],
        }),
        status: textColumn('traces.state', { operators: listOperators, aliases: ['state'] }),
        client_request_id: textColumn('traces.client_request_id', {
          isNullable: true,
          operators: listOperators,
          orderable: false,
        }),
        experiment_id: numberColumn('traces.experiment', { operators: [] }),
        name: keyedRows('text', fixed('trace_tags', 'mlflow.traceName'), { operators: listOperators }),
        run_id: keyedRows('text', fixed('trace_metadata', 'mlflow.sourceRun'), { operators: listOperators }),
      },
    },
  ],
  defaultOrder: 'traces.request_time DESC, traces.trace_id',
  ties: [{ column: 'traces.request_time', descending: true }, { column: 'traces.trace_id' }],
};

/** A name that MLflow has for one tag or entry of the metadata. */
function fixed(table: string, key: string): RowsSource['rows'] {
  return (alias) => keyedTable(table, 'trace', 'traces')(alias, `'${key}'`);
}
