import { pythonJson } from '../../base/pythonJson.ts';

interface Registration {
  readonly name: string;
  readonly version: number;
}

/** MLflow's tag of a logged model with one registration more; text that is no list of them is replaced. */
export function withRegistration(text: string | undefined, added: Registration): string {
  const before = listIn(text);
  const isKnown = before.some(
    (known) => known.name === added.name && Number(known.version) === added.version,
  );
  const entries = isKnown ? before : [...before, added];
  return pythonJson(entries.map(({ name, version }) => ({ name, version })));
}

function listIn(text: string | undefined): Registration[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.filter(isRegistration) : [];
  } catch {
    return [];
  }
}

function isRegistration(value: unknown): value is Registration {
  return typeof (value as Partial<Registration> | null)?.name === 'string';
}
