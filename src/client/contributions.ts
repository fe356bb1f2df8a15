/**
 * Every id that `package.json` and the code must agree on. A test fails when they differ.
 */
export const commands = {
  runStart: 'mlops.run.start',
  runStartWithParameters: 'mlops.run.startWithParameters',
  runStop: 'mlops.run.stop',
  runOpen: 'mlops.run.open',
  runOpenLog: 'mlops.run.openLog',
  runOpenScript: 'mlops.run.openScript',
  runCompare: 'mlops.run.compare',
  runLoadMore: 'mlops.run.loadMore',
  runRename: 'mlops.run.rename',
  runEditNote: 'mlops.run.editNote',
  runStar: 'mlops.run.star',
  runUnstar: 'mlops.run.unstar',
  runArchive: 'mlops.run.archive',
  runUnarchive: 'mlops.run.unarchive',
  runDelete: 'mlops.run.delete',
  runRestore: 'mlops.run.restore',
  datasetVersion: 'mlops.dataset.version',
  datasetCheckout: 'mlops.dataset.checkout',
  datasetOpen: 'mlops.dataset.open',
  datasetProfile: 'mlops.dataset.profile',
  datasetAnonymise: 'mlops.dataset.anonymise',
  datasetSynthesise: 'mlops.dataset.synthesise',
  datasetRestore: 'mlops.dataset.restore',
  reportOpen: 'mlops.report.open',
  keyMake: 'mlops.key.make',
  keyExport: 'mlops.key.export',
  keyRotate: 'mlops.key.rotate',
  keyForget: 'mlops.key.forget',
  repositoryCreate: 'mlops.repository.create',
  experimentsImport: 'mlops.experiments.import',
  experimentsRefresh: 'mlops.experiments.refresh',
  experimentsFilter: 'mlops.experiments.filter',
  experimentsClearFilter: 'mlops.experiments.clearFilter',
  experimentsShowArchived: 'mlops.experiments.showArchived',
  experimentsHideArchived: 'mlops.experiments.hideArchived',
  datasetsRefresh: 'mlops.datasets.refresh',
  serviceShowLog: 'mlops.service.showLog',
  serviceRestart: 'mlops.service.restart',
  trackingSignIn: 'mlops.tracking.signIn',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

export const views = {
  datasets: 'mlops.datasets',
  experiments: 'mlops.experiments',
} as const;

export const viewContainer = 'mlops';

/** Settings with their defaults, as the manifest has them. */
export const settings = {
  'mlops.codeLens.enabled': true,
  'mlops.run.openPanel': true,
  'mlops.tracking.remoteUri': '',
  'mlops.tracking.injectEnvironment': true,
  'mlops.systemMetrics.intervalSeconds': 10,
} as const;

export type SettingId = keyof typeof settings;

/** True in conditions of the manifest while what they name is so. */
export const contextKeys = {
  /** Runs that MLflow kept lie in a workspace folder. */
  importable: 'mlops.importable',
  showArchived: 'mlops.showArchived',
  experimentsFiltered: 'mlops.experimentsFiltered',
} as const;

/** `viewItem` values of tree rows, which the manifest's menus name; those of runs and of tables go on with marks. */
export const treeItems = {
  experiment: 'experiment',
  runUnderWay: 'run.underWay',
  runEnded: 'run.ended',
  dataset: 'dataset',
  datasetVersion: 'datasetVersion',
  unversioned: 'unversioned',
} as const;

/** Follow the state of a run in its `viewItem`, each after a point and in this order. */
export const runMarks = ['starred', 'archived'] as const;

export const panelTypes = {
  run: 'mlops.runPanel',
  compare: 'mlops.comparePanel',
  profile: 'mlops.profilePanel',
  anonymise: 'mlops.anonymisePanel',
  synthesise: 'mlops.synthesisePanel',
  report: 'mlops.reportPanel',
} as const;

/** Follows the `viewItem` of data that can be profiled, after a point. */
export const tableMark = 'table';

/** Endings of files that are tables, as the explorer's menu has them too. */
export const tableExtensions = [
  'csv',
  'tsv',
  'tab',
  'json',
  'jsonl',
  'ndjson',
  'parquet',
  'pq',
  'arrow',
  'feather',
  'ipc',
] as const;

/** How the names of anonymisation recipes end, as the explorer's menu has it too. */
export const recipeEnding = '.anonymise.yaml';

/** Languages whose scripts can be run as experiments. */
export const scriptLanguages = ['python', 'javascript', 'typescript'] as const;
