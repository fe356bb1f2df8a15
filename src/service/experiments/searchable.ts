import {
  keyedRows,
  keyedTable,
  listOperators,
  type Noun,
  nullOperators,
  numberColumn,
  textColumn,
} from '../search/noun.ts';

/** What `runs.search` and our own views find runs by. A metric is its latest value. */
export const searchableRuns: Noun = {
  entities: [
    {
      words: ['metric', 'metrics'],
      anyKey: keyedRows('number', (alias, key) => ({
        from: `series AS ${alias} INDEXED BY series_latest`,
        where: `${alias}.run = runs.id AND ${alias}.key = ${key}`,
        value: `${alias}.last_value`,
      })),
    },
    {
      words: ['parameter', 'params', 'parameters', 'param'],
      anyKey: keyedRows('text', keyedTable('parameters', 'run', 'runs'), { operators: nullOperators }),
    },
    {
      words: ['tag', 'tags'],
      anyKey: keyedRows('text', keyedTable('tags', 'run', 'runs'), { operators: nullOperators }),
    },
    {
      words: ['attribute', 'attributes', 'attr', 'run'],
      mayBeLeftOut: true,
      keys: {
        run_id: textColumn('runs.run_id', { operators: listOperators }),
        run_name: textColumn('runs.name', { aliases: ['run name', 'Run name', 'Run Name'] }),
        status: textColumn('runs.status'),
        user_id: textColumn('runs.user_id'),
        artifact_uri: textColumn('runs.artifact_uri'),
        start_time: numberColumn('runs.start_time', { aliases: ['created', 'Created'] }),
        end_time: numberColumn('runs.end_time', { isNullable: true }),
      },
    },
    {
      words: ['dataset', 'datasets'],
      keys: {
        name: datasetField('name'),
        digest: datasetField('digest'),
        context: keyedRows(
          'text',
          (alias) => ({
            from: `dataset_inputs AS ${alias}, json_each(${alias}.tags) AS input_tag`,
            where: `${alias}.run = runs.id AND input_tag.value ->> 'key' = 'mlflow.data.context'`,
            value: `input_tag.value ->> 'value'`,
          }),
          { operators: listOperators, orderable: false },
        ),
      },
    },
  ],
  defaultOrder: 'runs.start_time DESC, runs.run_id',
  ties: [{ column: 'runs.start_time', descending: true }, { column: 'runs.run_id' }],
};

export const searchableExperiments: Noun = {
  entities: [
    {
      words: ['tag', 'tags'],
      anyKey: keyedRows('text', keyedTable('experiment_tags', 'experiment', 'experiments'), {
        operators: nullOperators,
        orderable: false,
      }),
    },
    {
      words: ['attribute', 'attributes', 'attr'],
      mayBeLeftOut: true,
      keys: {
        name: textColumn('experiments.name'),
        experiment_id: textColumn('CAST(experiments.id AS TEXT)', {
          operators: ['=', '!=', 'IN', 'NOT IN'],
          sortColumn: 'experiments.id',
        }),
        creation_time: numberColumn('experiments.creation_time'),
        last_update_time: numberColumn('experiments.last_update_time'),
      },
    },
  ],
  defaultOrder: 'experiments.creation_time DESC, experiments.id DESC',
  ties: [{ column: 'experiments.id', descending: true }],
};

function datasetField(column: string) {
  return keyedRows(
    'text',
    (alias) => ({
      from: `dataset_inputs AS ${alias} JOIN datasets ON datasets.id = ${alias}.dataset`,
      where: `${alias}.run = runs.id`,
      value: `datasets.${column}`,
    }),
    { operators: listOperators, orderable: false },
  );
}
