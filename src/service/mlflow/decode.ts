import type * as z from 'zod';
import { asciiOnly } from '../../base/pythonJson.ts';
import { invalidParameter, malformedJson } from './errors.ts';
import { type Fault, faultOf, messageOf } from './fields.ts';

/** The message as it should be, or MLflow's sentence about the first thing that is wrong with it. */
export function decode<Message extends z.ZodType>(message: Message, received: unknown): z.output<Message> {
  const input = withSnakeCase(received ?? {});
  if (typeof input !== 'object' || Array.isArray(input)) {
    throw malformedJson();
  }
  const parsed = message.safeParse(input);
  if (parsed.success) {
    return parsed.data;
  }
  throw invalidParameter(describe(parsed.error.issues[0]!, input));
}

function describe(issue: z.core.$ZodIssue, input: unknown): string {
  const fault = faultOf(issue);
  if (fault?.kind === 'whole') {
    return issue.message;
  }
  const name = nameOf(issue.path, fault);
  if (fault?.kind === 'length') {
    return `'${name}' exceeds the maximum length of ${fault.limit} characters`;
  }
  const value = issue.path.reduce<unknown>(
    (inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part],
    input,
  );
  const supplied = `Invalid value ${asciiOnly(JSON.stringify(value) ?? '').slice(0, 200)} for parameter '${name}' supplied:`;
  if (fault?.kind === 'value') {
    return `${supplied} ${issue.message}`;
  }
  const isOfWrongType = fault?.kind === 'type' && issue.path.length === 1;
  const text =
    value === undefined || value === null || value === ''
      ? `Missing value for required parameter '${name}'.`
      : `${supplied} ${isOfWrongType ? ` Hint: Value was of type '${pythonType(value)}'.` : messageOf(issue)}`;
  return `${text} See the API docs for more information about request parameters.`;
}

function nameOf(path: readonly PropertyKey[], fault: Fault | undefined): string {
  const named = fault?.kind === 'value' || fault?.kind === 'length' ? fault.name : undefined;
  if (named && 'text' in named) {
    return named.text;
  }
  return (named ? [...path.slice(0, -1), named.field] : path)
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

function pythonType(value: unknown): string {
  if (Array.isArray(value)) {
    return 'list';
  }
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    case 'boolean':
      return 'bool';
    case 'object':
      return 'dict';
    default:
      return 'str';
  }
}

/** Where the names inside are the user's words and not fields, when it is an object. */
const maps: ReadonlySet<string> = new Set(['tags', 'trace_metadata', 'traceMetadata', 'assessments']);

function isMap(name: string, value: unknown): boolean {
  return maps.has(name) && (name === 'assessments' || !Array.isArray(value));
}

/** Protocol buffers read `runId` as well as `run_id`. What needs no change is not copied. */
function withSnakeCase(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !hasCamelCase(value)) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(withSnakeCase);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      isMap(name, inner) ? inner : withSnakeCase(inner),
    ]),
  );
}

/** Names of fields that were seen to be in snake_case: they are few. */
const snakeNames = new Set<string>();
const snakeNamesKept = 10_000;

function hasCamelCase(value: object): boolean {
  if (Array.isArray(value)) {
    return value.some((item) => typeof item === 'object' && item !== null && hasCamelCase(item));
  }
  for (const name in value) {
    const inner = (value as Record<string, unknown>)[name];
    const isMessage = typeof inner === 'object' && inner !== null && !isMap(name, inner);
    if (isCamelCase(name) || (isMessage && hasCamelCase(inner))) {
      return true;
    }
  }
  return false;
}

function isCamelCase(name: string): boolean {
  if (snakeNames.has(name)) {
    return false;
  }
  const isCamel = /[A-Z]/.test(name);
  if (!isCamel && snakeNames.size < snakeNamesKept) {
    snakeNames.add(name);
  }
  return isCamel;
}

/** Python's json writes NaN and infinities as bare words, which are not JSON; they are taken by name. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') {
    return {};
  }
  try {
    return JSON.parse(text);
  } catch {
    return parseWithBareNumbers(text);
  }
}

function parseWithBareNumbers(text: string): unknown {
  const named = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
  try {
    return JSON.parse(named);
  } catch {
    throw malformedJson();
  }
}
