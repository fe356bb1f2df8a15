/** Tags that say something about a run to the Workbench itself; MLflow's own names where it has one. */
export const runTags = {
  /** The run under which this one was started. */
  parent: 'mlflow.parentRunId',
  /** Of runs that a supervised script made beside its own: the run of that script. */
  startedBy: 'mlops.startedBy',
  /** Markdown in MLflow, plain lines here. */
  note: 'mlflow.note.content',
  starred: 'mlops.starred',
  archived: 'mlops.archived',
} as const;

/** What marks such as `mlops.starred` hold where they are set. */
export const markSet = 'true';

/** Those that nobody reads or edits as a tag, because a page shows or changes what they say in another way. */
export function isOwnTag(key: string): boolean {
  return key.startsWith('mlflow.') || (Object.values(runTags) as string[]).includes(key);
}
