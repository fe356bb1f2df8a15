import fs from 'node:fs';
import path from 'node:path';

/** A script that imports more of the workspace than this is not read further. */
const mostFiles = 40;
const longestFile = 500_000;

/**
 * The text of a script and of the modules of the workspace that it imports, to see how it reads its parameters.
 * Only plain imports are followed; what cannot be seen is told apart by nobody and counts as reading the file.
 */
export function scriptSource(workspace: string, script: string): string {
  const texts = new Map<string, string>();
  const open = [script];
  for (let file = open.pop(); file !== undefined && texts.size < mostFiles; file = open.pop()) {
    if (!texts.has(file)) {
      const text = readText(file);
      texts.set(file, text);
      open.push(...importedFiles(workspace, script, file, text));
    }
  }
  return [...texts.values()].join('\n');
}

function importedFiles(workspace: string, script: string, file: string, text: string): string[] {
  const candidates = file.endsWith('.py')
    ? pythonModules(text).flatMap((name) => pythonFiles(name, [path.dirname(script), path.dirname(file)]))
    : relativeModules(text).flatMap((name) => moduleFiles(path.resolve(path.dirname(file), name)));
  return candidates.filter((candidate) => isWithin(workspace, candidate) && isFile(candidate));
}

function pythonModules(text: string): string[] {
  const plain = [...text.matchAll(/^[ \t]*import[ \t]+([\w., \t]+)/gm)].flatMap((match) =>
    match[1]!.split(',').map((name) => name.trim().split(/\s/)[0]!),
  );
  const from = [...text.matchAll(/^[ \t]*from[ \t]+(\.*[\w.]*)[ \t]+import[ \t]+\(?([\w, \t]*)/gm)].flatMap(
    (match) => {
      const module = match[1]!.replace(/^\.+/, '');
      const names = match[2]!.split(',').map((name) => name.trim().split(/\s/)[0]!);
      return [module, ...names.map((name) => [module, name].filter(Boolean).join('.'))];
    },
  );
  return [...plain, ...from].filter((name) => name !== '');
}

function pythonFiles(name: string, folders: readonly string[]): string[] {
  const relative = name.split('.').join(path.sep);
  return folders.flatMap((folder) => [
    path.join(folder, `${relative}.py`),
    path.join(folder, relative, '__init__.py'),
  ]);
}

function relativeModules(text: string): string[] {
  return [...text.matchAll(/(?:from|import|require\()\s*\(?["'](\.{1,2}\/[^"']+)["']/g)].map(
    (match) => match[1]!,
  );
}

function moduleFiles(base: string): string[] {
  const extensions = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];
  return [
    base,
    base.replace(/\.([mc]?)js$/, '.$1ts'),
    ...extensions.flatMap((extension) => [base + extension, path.join(base, `index${extension}`)]),
  ];
}

function readText(file: string): string {
  const size = fs.statSync(file).size;
  return size > longestFile ? '' : fs.readFileSync(file, 'utf8');
}

function isWithin(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}

function isFile(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
