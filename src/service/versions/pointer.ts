import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { originIn, type PointerOrigin } from './origin.ts';

/** What a `.dvc` file says: `…/dvc-format.md` section 2 of the project's reference, after DVC 3.67. */
export interface Pointer {
  readonly outputs: readonly PointerOutput[];
  /** The folder that output paths start from, relative to the pointer's own. */
  readonly workingFolder: string;
  /** Made by `dvc import`: its md5 covers the whole file, so only `dvc update` may change it. */
  readonly imported: boolean;
  /** Where the data comes from, where this program made it. */
  readonly origin?: PointerOrigin;
}

export interface PointerOutput {
  readonly path: string;
  /** Absent where the data was named but never hashed. With `.dir` for a folder. */
  readonly hash?: string;
  readonly bytes?: number;
  readonly files?: number;
  readonly executable: boolean;
  /** Written by DVC 2: hashed with line ends unified, and kept in another folder of the cache. */
  readonly legacy: boolean;
  /** Why this program cannot version or restore it. */
  readonly unsupported?: string;
}

export type ParsedPointer = { readonly pointer: Pointer } | { readonly problem: string };

/** Never throws: a file that is no pointer gives a sentence that begins after the file's name. */
export function parsePointer(text: string): ParsedPointer {
  if (text.trim() === '') {
    return { problem: 'is empty, so it names no data.' };
  }
  if (/^(<{7}|={7}|>{7})( |\r?$)/m.test(text)) {
    return { problem: 'has merge conflict markers in it.' };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.2', lineCounter: lines, prettyErrors: false });
  const mistake = document.errors[0];
  if (mistake) {
    const { line, col } = lines.linePos(mistake.pos[0]);
    return { problem: `is not valid YAML (line ${line}, column ${col}: ${mistake.message}).` };
  }
  const checked = pointerSchema.safeParse(document.toJS());
  if (!checked.success) {
    const issue = checked.error.issues[0];
    return {
      problem: `is not a valid pointer (${issue?.path.join('.') || 'top level'}: ${issue?.message}).`,
    };
  }
  return interpret(checked.data);
}

const count = z.int().nonnegative().nullish();

const outputSchema = z.looseObject({
  path: z.string().min(1),
  md5: z.string().nullish(),
  hash: z.string().nullish(),
  size: count,
  nfiles: count,
  isexec: z.boolean().nullish(),
  cache: z.boolean().nullish(),
  files: z.array(z.unknown()).nullish(),
});

const pointerSchema = z.looseObject({
  wdir: z.string().nullish(),
  deps: z.array(z.unknown()).nullish(),
  outs: z.array(outputSchema).nullish(),
  meta: z.unknown().optional(),
});

function interpret(data: z.infer<typeof pointerSchema>): ParsedPointer {
  const outputs = (data.outs ?? []).map(interpretOutput);
  if (outputs.length === 0) {
    return { problem: 'names no data (it has no outs).' };
  }
  const wrong = outputs.find(({ hash }) => hash !== undefined && !/^[0-9a-f]{32}(\.dir)?$/.test(hash));
  if (wrong) {
    return { problem: `names ${wrong.path} with "${wrong.hash}", which is not an md5 in lower case.` };
  }
  const origin = outputs.length === 1 ? originIn(data.meta, outputs[0]!.hash) : undefined;
  return {
    pointer: {
      outputs,
      workingFolder: data.wdir ?? '.',
      imported: (data.deps ?? []).length > 0,
      ...(origin && { origin }),
    },
  };
}

function interpretOutput(output: z.infer<typeof outputSchema>): PointerOutput {
  const unsupported = whyUnsupported(output);
  return {
    path: output.path,
    ...(output.md5 ? { hash: output.md5 } : {}),
    ...(typeof output.size === 'number' ? { bytes: output.size } : {}),
    ...(typeof output.nfiles === 'number' ? { files: output.nfiles } : {}),
    executable: output.isexec === true,
    legacy: Boolean(output.md5) && !output.hash,
    ...(unsupported ? { unsupported } : {}),
  };
}

function whyUnsupported(output: z.infer<typeof outputSchema>): string | undefined {
  if (output.hash && output.hash !== 'md5') {
    return `uses the hash "${output.hash}".`;
  }
  if (output.files || 'cloud' in output) {
    return 'names versions that are kept in cloud storage.';
  }
  if (!output.md5 && ('etag' in output || 'checksum' in output)) {
    return 'names data that lies outside this computer.';
  }
  return output.cache === false ? 'keeps its data out of the cache (cache: false).' : undefined;
}
