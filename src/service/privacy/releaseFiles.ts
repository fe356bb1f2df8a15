import fs from 'node:fs';
import path from 'node:path';
import type { PrivacyReport } from '../../protocol/privacyReport.ts';
import { countsFiles, refuseCountsFiles } from './counts/countsFiles.ts';
import { cannotWriteRecipe, outputExists, outputIsFolder } from './errors.ts';
import { outputIsInput, outputOfOtherKind } from './planErrors.ts';
import type { Recipe } from './recipe/recipeSchema.ts';
import { htmlReport } from './report/html.ts';
import type { CountedTable } from './work/counts.ts';

/** Of one report: for people, and for programs. */
export interface ReportFiles {
  readonly html: string;
  readonly json: string;
}

/** Every file that an application writes; all absolute. */
export interface ReleaseFiles {
  readonly target: string;
  readonly reports: ReportFiles;
  /** Tables of counts by their names. */
  readonly counts: ReadonlyMap<string, string>;
}

export interface FilesToWrite {
  readonly recipe: Recipe;
  readonly recipeFile: string;
  readonly input: string;
  readonly target: string;
  /** What an application before this one wrote may be replaced. */
  readonly overwrite: boolean;
  readonly nameOf: (file: string) => string;
}

/** Throws before anything is read where one of them is another file. The output itself is looked at when it is written. */
export function releaseFiles(asked: FilesToWrite): ReleaseFiles {
  const { recipe, recipeFile, input, target, overwrite, nameOf } = asked;
  const reports = reportFiles(target);
  refuseInput(asked);
  const last = overwrite ? readReport(reports.json) : undefined;
  // The report of people.csv has the name that one of people.parquet would have.
  const isOurs = last !== undefined && path.basename(last.output.path) === path.basename(target);
  if (overwrite && fs.existsSync(target) && !isOurs) {
    throw outputExists(nameOf(target));
  }
  const counts = countsFiles(recipe, path.dirname(recipeFile), target);
  const before = last?.counts ?? [];
  refuseCountsFiles(counts, {
    taken: [input, target, recipeFile, reports.json, reports.html],
    isOurs: (file) => before.some((each) => each.path === nameOf(file)),
    nameOf,
  });
  return { target, reports, counts };
}

/** By whatever name: through links, and in other capitals where the disk does not tell them apart. */
export function refuseInput({
  input,
  target,
  nameOf,
}: Pick<FilesToWrite, 'input' | 'target' | 'nameOf'>): void {
  const [found, own] = [target, input].map((file) =>
    fs.statSync(file, { bigint: true, throwIfNoEntry: false }),
  );
  if (found?.isDirectory()) {
    throw outputIsFolder(nameOf(target));
  }
  const isOneFile = found && own && found.dev === own.dev && found.ino === own.ino;
  if (isOneFile || path.resolve(target) === path.resolve(input)) {
    throw outputIsInput(nameOf(input), nameOf(target));
  }
  const [kindOfInput, kindOfTarget] = [input, target].map(endingsOf);
  if (kindOfInput && kindOfTarget && kindOfInput !== kindOfTarget) {
    throw outputOfOtherKind(nameOf(target), path.basename(input), path.extname(input));
  }
}

/** Names of files of one kind: an output is written as its input is. */
const endings: readonly (readonly string[])[] = [
  ['.csv', '.tsv', '.tab', '.txt'],
  ['.json'],
  ['.jsonl', '.ndjson'],
  ['.parquet', '.pq'],
  ['.arrow', '.feather', '.ipc'],
];

function endingsOf(file: string): readonly string[] | undefined {
  return endings.find((ofKind) => ofKind.includes(path.extname(file).toLowerCase()));
}

/** Beside the output. */
export function reportFiles(output: string): ReportFiles {
  const stem = output.slice(0, output.length - path.extname(output).length);
  return { html: `${stem}.privacy.html`, json: `${stem}${reportSuffix}` };
}

export const reportSuffix = '.privacy.json';

/** Of which output a report's own file tells; what kind of table that is does not matter here. */
export function outputOfReport(json: string): string {
  return `${json.slice(0, -reportSuffix.length)}.table`;
}

/** Undefined where there is none that can be read. */
export function readReport(file: string): PrivacyReport | undefined {
  const text = textOf(file);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as PrivacyReport);
  } catch {
    return undefined;
  }
}

/** What comes beside an output that is in its place. */
export function writeBeside(
  { reports, counts }: Pick<ReleaseFiles, 'reports' | 'counts'>,
  report: PrivacyReport,
  counted: readonly CountedTable[],
  nameOf: (file: string) => string,
): void {
  for (const { name, text } of counted) {
    const file = counts.get(name)!;
    writeWhole(file, text, nameOf(file));
  }
  writeWhole(reports.json, `${JSON.stringify(report, null, 2)}\n`, nameOf(reports.json));
  writeWhole(reports.html, htmlReport(report), nameOf(reports.html));
}

export function textOf(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** All or nothing, and where a link leads: the link stays. `name` is for the error. */
export function writeWhole(file: string, text: string, name: string): void {
  const present = fs.statSync(file, { throwIfNoEntry: false });
  const place = present ? fs.realpathSync(file) : file;
  const beside = `${place}.mlops-${process.pid}`;
  try {
    fs.writeFileSync(beside, text, { flush: true, ...(present && { mode: present.mode }) });
    fs.renameSync(beside, place);
  } catch (error) {
    fs.rmSync(beside, { force: true });
    throw cannotWriteRecipe(name, error);
  }
}
