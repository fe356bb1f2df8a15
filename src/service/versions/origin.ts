import path from 'node:path';
import { isMap, parseDocument } from 'yaml';
import * as z from 'zod';
import { toPosix } from './files.ts';
import { scalar } from './pointerText.ts';

/*
 * Where data comes from that this program made: of which version of which other data, by which recipe. It stands under
 * `meta`, where DVC keeps what is not its own, and holds no secret.
 */

/** What was made, from what; files are absolute. */
export interface Origin {
  readonly input: { readonly file: string; readonly md5: string };
  readonly recipe: { readonly file: string; readonly sha256: string };
  readonly release: string;
  /** What its differentially private parts spend. */
  readonly budget?: { readonly epsilon: number; readonly delta: number };
  /** The md5 of what was made: of anything else it tells nothing. */
  readonly content: string;
}

/** As it stands in a pointer: paths start at the pointer's folder. */
export interface PointerOrigin {
  readonly madeFrom: { readonly path: string; readonly md5: string };
  readonly recipe: { readonly path: string; readonly sha256: string };
  readonly release: string;
  readonly epsilon?: number | undefined;
  readonly delta?: number | undefined;
  readonly content: string;
}

const originSchema = z.looseObject({
  madeFrom: z.looseObject({ path: z.string(), md5: z.string() }),
  recipe: z.looseObject({ path: z.string(), sha256: z.string() }),
  release: z.string(),
  epsilon: z.number().optional(),
  delta: z.number().optional(),
  content: z.string(),
});

/** Undefined where there is none, and where it is about other content than `hash`: DVC keeps `meta` when data changes. */
export function originIn(meta: unknown, hash: string | undefined): PointerOrigin | undefined {
  const { mlops } = (meta ?? {}) as { mlops?: unknown };
  const parsed = originSchema.safeParse(mlops);
  return parsed.success && parsed.data.content === hash ? parsed.data : undefined;
}

/** The pointer's text with its origin as given; one of former content is taken out. All else stays. */
export function withOrigin(text: string, pointerFile: string, origin: Origin | undefined): string {
  const document = parseDocument(text, { version: '1.2' });
  const meta = document.get('meta');
  if (!origin && !(isMap(meta) && meta.has('mlops'))) {
    return text;
  }
  const entry = origin && originEntry(origin, path.dirname(pointerFile));
  if (entry && meta === undefined && !isFlow(text)) {
    const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
    const lines = ['meta:', '  mlops:', ...blockLines(entry, '    ')];
    return `${text.replace(/([^\n])$/, `$1${lineEnd}`)}${lines.join(lineEnd)}${lineEnd}`;
  }
  if (entry) {
    document.setIn(['meta', 'mlops'], entry);
  } else if (isMap(meta) && meta.items.length === 1) {
    document.delete('meta');
  } else {
    document.deleteIn(['meta', 'mlops']);
  }
  return document.toString({ lineWidth: 0, indentSeq: false });
}

function originEntry({ input, recipe, release, budget, content }: Origin, folder: string): PointerOrigin {
  const relative = (file: string) => toPosix(path.relative(folder, file));
  return {
    madeFrom: { path: relative(input.file), md5: input.md5 },
    recipe: { path: relative(recipe.file), sha256: recipe.sha256 },
    release,
    ...(budget && { epsilon: budget.epsilon, delta: budget.delta }),
    content,
  };
}

function isFlow(text: string): boolean {
  return /^\s*\{/.test(text);
}

function blockLines(entry: object, indent: string): string[] {
  return Object.entries(entry).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? [`${indent}${key}:`, ...blockLines(value, `${indent}  `)]
      : [`${indent}${key}: ${typeof value === 'string' ? scalar(value) : String(value)}`],
  );
}
