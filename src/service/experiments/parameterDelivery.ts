import type { ParameterDelivery } from '../../protocol/experiments.ts';

/** How values that differ from params.yaml reach a script, judged by what its source text says. */
export interface Delivery {
  readonly kind: ParameterDelivery;
  /** To be appended to the command, for `arguments`. */
  readonly arguments: readonly string[];
}

/**
 * `environment` when the script reads the file that MLOPS_PARAMS names, `arguments` when it has a command line
 * option for every changed key, else `file`: it reads params.yaml itself, or cannot be seen through.
 * `source` is the script with the modules of the workspace that it imports.
 */
export function deliveryOf(source: string, changes: Readonly<Record<string, string>>): Delivery {
  if (/\bMLOPS_PARAMS\b|\bload_parameters\b|\bloadParameters\b/.test(source)) {
    return { kind: 'environment', arguments: [] };
  }
  const options = Object.entries(changes).map(([key, value]) => optionFor(source, key, value));
  return options.length > 0 && options.every((option) => option !== undefined)
    ? { kind: 'arguments', arguments: options.flat() }
    : { kind: 'file', arguments: [] };
}

/** What to say before anything is changed: would at least one of these keys have an option? */
export function expectedDelivery(source: string, keys: readonly string[]): ParameterDelivery {
  const { kind } = deliveryOf(source, {});
  return kind === 'file' && keys.some((key) => optionFor(source, key, '0')) ? 'arguments' : kind;
}

/** Values that the user's own arguments give to keys of params.yaml; the script sees these. */
export function givenByArguments(
  commandArguments: readonly string[],
  keys: readonly string[],
): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [index, argument] of commandArguments.entries()) {
    const key = keys.find((candidate) => spellings(candidate).some((name) => isOption(argument, name)));
    const next = commandArguments[index + 1];
    if (key !== undefined && argument.includes('=')) {
      given[key] = argument.slice(argument.indexOf('=') + 1);
    } else if (key !== undefined) {
      given[key] = next === undefined || next.startsWith('--') ? 'true' : next;
    }
  }
  return given;
}

function isOption(argument: string, name: string): boolean {
  return argument === `--${name}` || argument.startsWith(`--${name}=`);
}

/** `model.learning_rate` may be an option `--model.learning_rate`, `--model-learning-rate` and so on. */
function spellings(key: string): string[] {
  const joined = [key, key.replaceAll('.', '-'), key.replaceAll('.', '_')];
  return [...new Set(joined.flatMap((name) => [name, name.replaceAll('_', '-'), name.replaceAll('-', '_')]))];
}

const parsers =
  /\b(argparse|click|typer|fire|simple_parsing|jsonargparse|absl|parseArgs|commander|yargs|minimist)\b/;

function optionFor(source: string, key: string, value: string): string[] | undefined {
  const name = spellings(key).find((spelling) => definition(source, spelling) !== undefined);
  if (name === undefined) {
    return undefined;
  }
  const declared = definition(source, name)!;
  if (isSwitch(declared)) {
    return switchArguments(declared, name, value);
  }
  // Written in one piece, a value may begin with a dash; a script that reads its arguments by hand expects two.
  return parsers.test(source) ? [`--${name}=${value}`] : [`--${name}`, value];
}

/** The text that follows the place where an option is named, up to the end of that statement. */
function definition(source: string, name: string): string | undefined {
  const quoted = escaped(name);
  const literal = new RegExp(`["'\`](?:-\\w,? ?)?--(?:${quoted})(?=["'\`=,/ <\\[])`);
  const named = /\b(parseArgs|yargs)\b/.test(source)
    ? new RegExp(`["'](?:${quoted})["']\\s*[:,]|[{,]\\s*${quoted}\\s*:\\s*\\{`)
    : undefined;
  const inSignature = /\b(typer|fire)\b/.test(source) ? signatureOf(name) : undefined;
  for (const pattern of [literal, named, inSignature]) {
    const at = pattern ? source.search(pattern) : -1;
    if (at >= 0) {
      return statement(source.slice(at, at + 400));
    }
  }
  return undefined;
}

/** Typer and Fire make options of a function's parameters: `def train(learning_rate: float = 0.1)`. */
function signatureOf(name: string): RegExp | undefined {
  const identifier = name.replaceAll('-', '_');
  return /^\w+$/.test(identifier) ? new RegExp(`def \\w+\\([^)]*\\b${identifier}\\s*[:=,)]`) : undefined;
}

function statement(text: string): string {
  let depth = 0;
  for (const [at, character] of [...text].entries()) {
    depth += '([{'.includes(character) ? 1 : ')]}'.includes(character) ? -1 : 0;
    if (depth < 0) {
      return text.slice(0, at);
    }
  }
  return text;
}

function isSwitch(declared: string): boolean {
  return /store_true|BooleanOptionalAction|is_flag\s*=\s*True|type:\s*["']boolean["']/.test(declared);
}

function switchArguments(declared: string, name: string, value: string): string[] | undefined {
  const isTrue = /^(true|yes|on|1)$/i.test(value);
  if (isTrue) {
    return [`--${name}`];
  }
  if (/BooleanOptionalAction/.test(declared) || declared.includes(`/--no-${name}`)) {
    return [`--no-${name}`];
  }
  return [];
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
