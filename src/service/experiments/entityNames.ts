import path from 'node:path';

/** In characters, of metrics, parameters and tags. */
export const longestEntityName = 250;

/*
 * MLflow's rules for names of metrics, parameters and tags. Clients may treat a name as a file, so none may mean
 * another one there (`mlflow.utils.validation`).
 */

export function hasOnlyAllowedCharacters(name: string): boolean {
  return /^[/\p{L}\p{N}_.\- :]*$/u.test(name);
}

export function resolvesElsewhere(name: string): boolean {
  return resolved(name) !== name || /^(\/|\.\.|\.$)/.test(name);
}

/** What the name would be as a path. */
export function resolved(name: string): string {
  return path.posix.normalize(name).replace(/(?<=.)\/$/, '');
}

export function isEntityName(name: string): boolean {
  return (
    hasOnlyAllowedCharacters(name) &&
    !resolvesElsewhere(name) &&
    name.trim() !== '' &&
    name.length <= longestEntityName
  );
}
