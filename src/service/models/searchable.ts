import {
  keyedRows,
  keyedTable,
  listOperators,
  type Noun,
  numberColumn,
  type RowsSource,
  textColumn,
} from '../search/noun.ts';
import type { Comparison, Expression } from '../search/syntax.ts';
import { promptTag } from './origin.ts';

/** `timestamp` and MLflow's other words for it are there for ordering. */
export const searchableRegisteredModels: Noun = {
  entities: [
    tagsIn('registered_model_tags', 'model', 'registered_models'),
    {
      words: ['attribute', 'attributes'],
      mayBeLeftOut: true,
      keys: {
        name: textColumn('registered_models.name', { operators: listOperators }),
        timestamp: numberColumn('registered_models.last_updated_time', {
          operators: [],
          aliases: ['last_updated_timestamp'],
        }),
      },
    },
  ],
  defaultOrder: 'registered_models.name',
  ties: [{ column: 'registered_models.name' }],
};

/** Rows come with the table `registered_models`. */
export const searchableVersions: Noun = {
  entities: [
    tagsIn('model_version_tags', 'version', 'model_versions'),
    {
      words: ['attribute', 'attributes'],
      mayBeLeftOut: true,
      keys: {
        name: textColumn('registered_models.name', { operators: listOperators }),
        version_number: numberColumn('model_versions.version'),
        run_id: textColumn('model_versions.run_id', { operators: listOperators, orderable: false }),
        source_path: textColumn('model_versions.source', { orderable: false }),
        creation_timestamp: numberColumn('model_versions.creation_time', { operators: [] }),
        last_updated_timestamp: numberColumn('model_versions.last_updated_time', { operators: [] }),
      },
    },
  ],
  defaultOrder: 'model_versions.last_updated_time DESC, registered_models.name, model_versions.version DESC',
  ties: [{ column: 'registered_models.name' }, { column: 'model_versions.version', descending: true }],
};

/** `metricRows` decides which values of a metric count: any of them for a filter, the latest for an order. */
export function searchableLoggedModels(metricRows: RowsSource['rows']): Noun {
  return {
    entities: [
      { words: ['metrics'], anyKey: keyedRows('number', metricRows) },
      {
        words: ['params'],
        anyKey: keyedRows('text', keyedTable('logged_model_parameters', 'model', 'logged_models'), {
          operators: listOperators,
          orderable: false,
        }),
      },
      {
        words: ['tags'],
        anyKey: keyedRows('text', keyedTable('logged_model_tags', 'model', 'logged_models'), {
          operators: listOperators,
          orderable: false,
        }),
      },
      { words: ['attributes'], mayBeLeftOut: true, keys: loggedModelKeys },
    ],
    defaultOrder: 'logged_models.creation_time DESC, logged_models.model_id',
    ties: [{ column: 'logged_models.creation_time', descending: true }, { column: 'logged_models.model_id' }],
    unquotedText: true,
  };
}

export const loggedModelKeys = {
  name: textColumn('logged_models.name', { operators: listOperators }),
  model_id: textColumn('logged_models.model_id', { operators: listOperators }),
  model_type: textColumn('logged_models.model_type', { operators: listOperators }),
  status: textColumn('logged_models.status', { operators: listOperators }),
  source_run_id: textColumn('logged_models.source_run_id', { operators: listOperators }),
  creation_timestamp: numberColumn('logged_models.creation_time', {
    aliases: ['creation_time', 'creation_timestamp_ms'],
  }),
  last_updated_timestamp: numberColumn('logged_models.last_updated_time', {
    aliases: ['last_updated_time', 'last_updated_timestamp_ms'],
  }),
} as const;

/** Whether a filter is after prompts, by the first comparison of their tag. */
export function asksForPrompts(filter: Expression | undefined): boolean {
  const [first] = comparisonsOf(filter).filter(({ field }) => field.key === promptTag);
  if (first?.value?.kind !== 'text') {
    return false;
  }
  const value = first.value.value.toLowerCase();
  return (first.operator === '=' && value === 'true') || (first.operator === '!=' && value === 'false');
}

function tagsIn(table: string, column: string, owner: string): Noun['entities'][number] {
  return {
    words: ['tag', 'tags'],
    anyKey: keyedRows('text', keyedTable(table, column, owner), {
      orderable: false,
      matchesMissing: isNotPrompt,
    }),
  };
}

/** Models that are no prompts mostly do not say so. */
function isNotPrompt(key: string, operator: string, value: string): boolean {
  return (
    key === promptTag && ((operator === '!=' && value === 'true') || (operator === '=' && value === 'false'))
  );
}

function comparisonsOf(expression: Expression | undefined): Comparison[] {
  if (expression === undefined) {
    return [];
  }
  switch (expression.kind) {
    case 'comparison':
      return [expression];
    case 'not':
      return comparisonsOf(expression.part);
    default:
      return expression.parts.flatMap(comparisonsOf);
  }
}
