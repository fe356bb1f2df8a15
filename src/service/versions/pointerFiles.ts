import fs from 'node:fs';
import path from 'node:path';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Git } from './git.ts';
import { outputPath } from './history.ts';
import { type Pointer, type PointerOutput, parsePointer } from './pointer.ts';

/** One dataset as a pointer of the working tree names it. */
export interface Dataset {
  /** Absolute. */
  readonly data: string;
  /** Relative to the repository's root, with `/`: its key in history. */
  readonly key: string;
  readonly pointerFile: string;
  readonly pointer: Pointer;
  readonly output: PointerOutput;
}

export interface DamagedPointer {
  readonly pointerFile: string;
  readonly problem: string;
}

export interface PointerFiles {
  readonly datasets: readonly Dataset[];
  readonly damaged: readonly DamagedPointer[];
  /** Every `dvc.yaml`, absolute. */
  readonly pipelines: readonly string[];
}

/** Every pointer of the repository that git does not ignore; one that git ignores is none for DVC either. */
export async function readPointers(git: Git): Promise<PointerFiles> {
  const datasets: Dataset[] = [];
  const damaged: DamagedPointer[] = [];
  const files = await listFiles(git, [':(top,glob)**/*.dvc', ':(top,glob)**/dvc.yaml']);
  for (const pointerFile of files.filter((file) => file.endsWith('.dvc'))) {
    const text = textOf(pointerFile);
    if (text === undefined) {
      continue;
    }
    const read = readPointer(git, pointerFile, text);
    if ('problem' in read) {
      damaged.push({ pointerFile, problem: read.problem });
    } else {
      datasets.push(...read.datasets);
    }
  }
  return { datasets, damaged, pipelines: files.filter((file) => !file.endsWith('.dvc')) };
}

export function readPointer(
  git: Git,
  pointerFile: string,
  text: string,
): { readonly datasets: readonly Dataset[] } | { readonly problem: string } {
  const parsed = parsePointer(text);
  if ('problem' in parsed) {
    return parsed;
  }
  const { pointer } = parsed;
  const datasets = pointer.outputs.map((output) => {
    const key = outputPath(git.relative(pointerFile), pointer.workingFolder, output.path);
    return { data: path.join(git.root, key), key, pointerFile, pointer, output };
  });
  const outside = datasets.find(
    ({ key }) => key === '' || key === '.' || key.startsWith('..') || path.isAbsolute(key),
  );
  return outside
    ? { problem: `names ${outside.output.path}, which is outside the repository.` }
    : { datasets };
}

/** Undefined for a pointer that was deleted but is still in git's index, and for a folder of that name. */
export function textOf(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** What pipelines write themselves, except under templated names. */
export function readStageOutputs({ pipelines }: PointerFiles): readonly string[] {
  return pipelines.flatMap((file) =>
    stageOutputs(textOf(file) ?? '').map((output) => path.resolve(path.dirname(file), output)),
  );
}

function stageOutputs(text: string): string[] {
  const stages = parseDocument(text, { version: '1.2' }).get('stages');
  if (!isMap(stages)) {
    return [];
  }
  return stages.items.flatMap(({ value: stage }) => {
    if (!isMap(stage)) {
      return [];
    }
    const folder = String(stage.get('wdir') ?? '.');
    return ['outs', 'metrics', 'plots']
      .flatMap((key) => {
        const list = stage.get(key);
        return isSeq(list) ? list.items.map(outputName) : [];
      })
      .filter((output): output is string => output !== undefined && !`${folder}${output}`.includes('${'))
      .map((output) => path.join(folder, output));
  });
}

/** An output is a path, or a path with options. */
function outputName(item: unknown): string | undefined {
  if (isScalar(item)) {
    return String(item.value);
  }
  return isMap(item) ? String(item.items[0]?.key ?? '') : undefined;
}

async function listFiles(git: Git, pathspecs: readonly string[]): Promise<string[]> {
  const answer = await git.run([
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    '--deduplicate',
    '--',
    ...pathspecs,
  ]);
  return answer
    .split('\0')
    .filter((file) => file !== '')
    .map((file) => path.join(git.root, file));
}
