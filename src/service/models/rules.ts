import path from 'node:path';
import {
  aliasTooLong,
  invalidAlias,
  invalidLoggedModelName,
  invalidModelName,
  invalidStage,
  latestIsReserved,
  missingName,
  nameLikePath,
  versionAliasIsReserved,
} from './errors.ts';
import { type Stage, stages } from './store.ts';

/** MLflow's alias for the highest version; nobody can set it. */
export const latestAlias = 'latest';

const longestAlias = 255;

/** Names end in addresses (`models:/<name>/<version>`) and in paths. */
export function checkModelName(name: string, field: 'name' | 'new_name' = 'name'): void {
  if (name.trim() === '') {
    throw missingName(field);
  }
  if (/[/:]/.test(name)) {
    throw invalidModelName(name);
  }
  const resolved = path.posix.normalize(name);
  if (resolved !== name || resolved === '.' || resolved.startsWith('..')) {
    throw nameLikePath(name, resolved);
  }
}

export function checkLoggedModelName(name: string): void {
  if (name === '' || /[/:.%"']/.test(name)) {
    throw invalidLoggedModelName(name);
  }
}

export function checkAlias(alias: string): void {
  if (!/^[\p{L}\p{N}_-]+$/u.test(alias)) {
    throw invalidAlias(alias);
  }
  if (alias.length > longestAlias) {
    throw aliasTooLong(longestAlias);
  }
}

/** `models:/m/latest` and `models:/m/v3` would be two things at once. */
export function checkFreeAlias(alias: string): void {
  checkAlias(alias);
  if (alias.toLowerCase() === latestAlias) {
    throw latestIsReserved();
  }
  if (/^v\d+$/i.test(alias)) {
    throw versionAliasIsReserved(alias);
  }
}

/** Stages are written in any case. */
export function stageOf(text: string): Stage {
  const stage = stages.find((known) => known.toLowerCase() === text.toLowerCase());
  if (stage === undefined) {
    throw invalidStage(text, stages);
  }
  return stage;
}
