'use strict';
/**
 * Logs parameters, metrics, tags and artifacts to MLOps Workbench, with nothing to install.
 *
 *     import mlflow from 'mlops-workbench';
 *
 *     mlflow.startRun({ runName: 'first' });
 *     mlflow.logParam('learningRate', 0.1);
 *     for (let step = 0; step < 100; step += 1) mlflow.logMetric('loss', 1 / (step + 1), step);
 *     mlflow.endRun();
 *
 * Names and meanings are those of mlflow's fluent API in Python; each is there in its Python spelling as well
 * (`log_metric`). A script that was started outside the Workbench says so once and runs as if nothing were logged.
 */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Bridge } = require('./bridge.cjs');
const { TrackingError, warnOnce } = require('./errors.cjs');

const exitMilliseconds = 300_000;
const endMilliseconds = 30_000;
const namePattern = /^[/\p{L}\p{N}_.\- :]+$/u;

/** @typedef {{ runId: string, runName: string, experimentId: string, artifactUri: string }} RunInfo */
/** @typedef {{ info: RunInfo }} Run */

/** @type {Run[]} */
const runs = [];
/** @type {Map<string, Map<string, string>>} */
const parametersOfRuns = new Map();
let uri = process.env.MLFLOW_TRACKING_URI || undefined;
/** @type {string | undefined} */
let experimentId;
/** @type {Bridge | undefined} */
let bridge;
let isOff = false;

function connect() {
  if (isOff || bridge) {
    return bridge;
  }
  if (uri === undefined) {
    isOff = true;
    warnOnce('not tracked: started outside MLOps Workbench');
    return undefined;
  }
  bridge = new Bridge(uri);
  return bridge;
}

/**
 * The reply of an endpoint; undefined when nothing is tracked.
 * @param {string} method @param {string} endpoint @param {object} [message]
 * @returns {any}
 */
function call(method, endpoint, message) {
  const outcome = connect()?.call({ method, endpoint, message });
  if (outcome?.unreachable) {
    isOff = true;
    bridge = undefined;
    return undefined;
  }
  if (outcome?.refused) {
    throw new TrackingError(outcome.refused);
  }
  return outcome?.reply;
}

/** Logs to another tracking server from now on. @param {string} next */
function setTrackingUri(next) {
  flush();
  uri = next || undefined;
  bridge = undefined;
  isOff = false;
}

function getTrackingUri() {
  return uri;
}

/** The experiment of runs that are started from now on; created when there is none. @param {string} name */
function setExperiment(name) {
  const query = `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
  const found = call('GET', `${query}&missing=ok`)?.experiment;
  if (found?.lifecycle_stage === 'deleted') {
    throw new TrackingError(`Cannot set a deleted experiment '${name}' as the active experiment.`);
  }
  experimentId = found ? found.experiment_id : call('POST', 'experiments/create', { name })?.experiment_id;
  return { experimentId, name };
}

/**
 * Starts a run, or goes on with the one of `runId`. Ended by `endRun` or the end of the script.
 * @param {{ runId?: string, experimentId?: string, runName?: string, nested?: boolean,
 *   tags?: Record<string, unknown>, description?: string }} [options]
 * @returns {Run}
 */
function startRun(options = {}) {
  if (runs.length > 0 && !options.nested) {
    throw new TrackingError(
      `Run with UUID ${runs[0].info.runId} is already active. To start a new run, first end the current run ` +
        'with endRun(). To start a nested run, call startRun({ nested: true }).',
    );
  }
  const info = (options.runId ? resume(options) : create(options))?.run.info;
  const run = {
    info: {
      runId: info?.run_id ?? '',
      runName: info?.run_name ?? '',
      experimentId: info?.experiment_id ?? '',
      artifactUri: info?.artifact_uri ?? '',
    },
  };
  runs.push(run);
  if (options.runId && options.tags) {
    setTags(options.tags);
  }
  return run;
}

/** @param {any} options */
function create(options) {
  const tags = {
    'mlflow.source.name': process.argv[1] ?? '<console>',
    'mlflow.source.type': 'LOCAL',
    ...(activeRun()?.info.runId && { 'mlflow.parentRunId': activeRun().info.runId }),
    ...(options.description !== undefined && { 'mlflow.note.content': options.description }),
    ...options.tags,
  };
  return call('POST', 'runs/create', {
    experiment_id: String(options.experimentId ?? experimentId ?? experimentFromEnvironment()),
    user_id: userName(),
    start_time: Date.now(),
    tags: Object.entries(tags).map(([key, value]) => ({ key, value: String(value) })),
    ...(options.runName && { run_name: options.runName }),
  });
}

/** @param {any} options */
function resume(options) {
  call('POST', 'runs/update', {
    run_id: options.runId,
    status: 'RUNNING',
    ...(options.runName && { run_name: options.runName }),
  });
  return call('GET', `runs/get?run_id=${encodeURIComponent(options.runId)}`);
}

function experimentFromEnvironment() {
  const name = process.env.MLFLOW_EXPERIMENT_NAME;
  return (name ? setExperiment(name).experimentId : process.env.MLFLOW_EXPERIMENT_ID) || '0';
}

function activeRun() {
  return runs.at(-1);
}

/**
 * A run around a function: FINISHED when it returns, FAILED when it throws.
 * @template T @param {Parameters<typeof startRun>[0]} options @param {(run: Run) => T | Promise<T>} work
 */
async function withRun(options, work) {
  const run = startRun(options);
  let status = 'FAILED';
  try {
    const result = await work(run);
    status = 'FINISHED';
    return result;
  } finally {
    if (runs.includes(run)) {
      while (activeRun() !== run) {
        endRun(status);
      }
      endRun(status);
    }
  }
}

/** Ends the innermost run once everything logged so far is recorded. */
function endRun(status = 'FINISHED') {
  const run = runs.pop();
  if (run) {
    parametersOfRuns.delete(run.info.runId);
    send(run, 'update', { status, end_time: Date.now() });
    flush(endMilliseconds);
  }
}

/** Waits until what was logged so far is recorded; says whether it is. */
function flush(milliseconds = endMilliseconds) {
  return bridge ? bridge.flush(milliseconds) : true;
}

/** Parameters never change: another value for the same key throws. @param {string} key @param {unknown} value */
function logParam(key, value) {
  logParams({ [key]: value });
  return value;
}

/** @param {Record<string, unknown>} parameters */
function logParams(parameters) {
  const run = requireRun();
  const { runId } = run.info;
  const known = parametersOfRuns.get(runId) ?? new Map();
  parametersOfRuns.set(runId, known);
  for (const [key, value] of Object.entries(parameters)) {
    checkName(key);
    const text = String(value).slice(0, 6000);
    const before = known.get(key) ?? text;
    if (before !== text) {
      throw new TrackingError(
        `Changing param values is not allowed. Param with key='${key}' was already logged with value='${before}' ` +
          `for run ID='${runId}'. Attempted logging new value '${text}'.`,
      );
    }
    known.set(key, text);
    send(run, 'params', { key, value: text });
  }
}

/**
 * @param {string} key @param {number} value NaN and infinities included
 * @param {number | { step?: number, timestamp?: number }} [where] the step, or step and time in milliseconds
 */
function logMetric(key, value, where) {
  logMetrics({ [key]: value }, where);
}

/** @param {Record<string, number>} metrics @param {number | { step?: number, timestamp?: number }} [where] */
function logMetrics(metrics, where = {}) {
  const run = requireRun();
  const { step = 0, timestamp = Date.now() } = typeof where === 'number' ? { step: where } : where;
  for (const [key, value] of Object.entries(metrics)) {
    checkName(key);
    if (typeof value !== 'number' && typeof value !== 'bigint') {
      throw new TrackingError(
        `Got invalid value ${String(value)} for metric '${key}'. Please specify a number.`,
      );
    }
    const number = Number(value);
    send(run, 'metrics', {
      key,
      value: Number.isFinite(number) ? number : String(number),
      timestamp: Math.trunc(timestamp),
      step: Math.trunc(step),
    });
  }
}

/** @param {string} key @param {unknown} value */
function setTag(key, value) {
  setTags({ [key]: value });
}

/** @param {Record<string, unknown>} tags */
function setTags(tags) {
  const run = requireRun();
  for (const [key, value] of Object.entries(tags)) {
    checkName(key);
    send(run, 'tags', { key, value: String(value) });
  }
}

/** @param {string} text @param {string} artifactFile */
function logText(text, artifactFile) {
  upload(artifactFile, { text });
}

/** As JSON, which is YAML as well, whatever the ending of the name. @param {object} dictionary @param {string} file */
function logDict(dictionary, file) {
  logText(JSON.stringify(dictionary, null, 2), file);
}

/** A file, or a folder with all that is in it, under its own name. @param {string} localPath */
function logArtifact(localPath, artifactPath = '') {
  const file = path.resolve(localPath);
  const target = path.posix.join(artifactPath, path.basename(file));
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (!found) {
    throw new TrackingError(`There is no file '${localPath}' to log.`);
  }
  if (found.isDirectory()) {
    logArtifacts(file, target);
  } else {
    upload(target, { file });
  }
}

/** @param {string} localFolder */
function logArtifacts(localFolder, artifactPath = '') {
  if (!fs.statSync(localFolder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new TrackingError(`There is no folder '${localFolder}' to log.`);
  }
  for (const entry of fs.readdirSync(localFolder, { withFileTypes: true })) {
    if (entry.isDirectory() || entry.isFile()) {
      logArtifact(path.join(localFolder, entry.name), artifactPath);
    }
  }
}

function getArtifactUri(artifactPath = '') {
  const uriOfRun = requireRun().info.artifactUri;
  return artifactPath ? `${uriOfRun}/${artifactPath}` : uriOfRun;
}

/** @param {string} artifactFile @param {{ text?: string, file?: string }} content */
function upload(artifactFile, content) {
  const { runId, artifactUri } = requireRun().info;
  const target = path.posix.normalize(artifactFile);
  if (target === '.' || /^(\/|\.\.(\/|$))/.test(target)) {
    throw new TrackingError(`Invalid artifact path: '${artifactFile}'`);
  }
  const scheme = 'mlflow-artifacts:/';
  if (!runId) {
    return;
  }
  if (!artifactUri.startsWith(scheme)) {
    warnOnce(`artifacts of this run are not kept by its tracking server; ${target} was not stored`);
    return;
  }
  const outcome = connect()?.call({ put: `${artifactUri.slice(scheme.length)}/${target}`, ...content });
  if (outcome?.refused) {
    throw new TrackingError(outcome.refused);
  }
}

/** @param {Run} run @param {'metrics' | 'params' | 'tags' | 'update'} kind @param {object} content */
function send(run, kind, content) {
  if (run.info.runId && bridge) {
    bridge.send({ runId: run.info.runId, kind, content });
  }
}

function requireRun() {
  return activeRun() ?? startRun();
}

/** @param {string} key */
function checkName(key) {
  if (!namePattern.test(key) || path.posix.normalize(key) !== key || /^\/|\/$|^\.\.?(\/|$)/.test(key)) {
    throw new TrackingError(
      `Invalid name '${key}'. Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), ` +
        'spaces ( ), colon(:) and slashes (/), and must not look like another path.',
    );
  }
}

function userName() {
  try {
    return os.userInfo().username;
  } catch {
    return 'unknown';
  }
}

// Also after process.exit() and an error that nobody caught: the worker goes on sending while this waits.
process.on('exit', (code) => {
  while (runs.length > 0) {
    endRun(code === 0 ? 'FINISHED' : 'FAILED');
  }
  flush(exitMilliseconds);
});

const api = {
  activeRun,
  endRun,
  flush,
  getArtifactUri,
  getTrackingUri,
  logArtifact,
  logArtifacts,
  logDict,
  logMetric,
  logMetrics,
  logParam,
  logParams,
  logText,
  setExperiment,
  setTag,
  setTags,
  setTrackingUri,
  startRun,
  withRun,
};

const pythonSpelling = Object.fromEntries(
  Object.entries(api).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]),
);

module.exports = { ...pythonSpelling, ...api, TrackingError };
