import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { findChromium } from './editor/setup/chromium.ts';
import { installVsCodeServer } from './editor/setup/vscodeServer.ts';

/*
 * `npm test`: builds, checks types, style and imports, then runs every level this machine can.
 * A level that cannot run says in one line why; MLOPS_TEST_REQUIRE=all makes that a failure.
 * Arguments name levels: `npm test -- unit service`.
 */

interface Level {
  readonly name: string;
  /** Makes the level's needs ready; throws with a sentence where that is not possible. */
  prepare?(): unknown;
}

const root = path.join(import.meta.dirname, '..');
const bin = (name: string) => path.join(root, 'node_modules', '.bin', name);

const levels: readonly Level[] = [
  { name: 'unit' },
  { name: 'golden', prepare: requirePython },
  { name: 'service', prepare: requirePython },
  { name: 'contract', prepare: requirePython },
  { name: 'pages', prepare: findChromium },
  { name: 'editor', prepare: prepareEditor },
  { name: 'package', prepare: prepareEditor },
];

const requireAll = process.env.MLOPS_TEST_REQUIRE === 'all';
const asked = process.argv.slice(2);
const totals = { passed: 0, failed: 0, skipped: 0 };
/** What failed, and what passed only when it was tried again: repeated at the end, where one looks first. */
const remarks: string[] = [];

step('build', process.execPath, ['esbuild.mjs']);
if (asked.length === 0) {
  step('types', process.execPath, [bin('tsc'), '-b']);
  step('style', bin('biome'), ['check', '--error-on-warnings', '.']);
  step('imports', process.execPath, [
    bin('depcruise'),
    'src',
    'webview-ui',
    '--config',
    '.dependency-cruiser.cjs',
  ]);
}
for (const level of levels.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  await runLevel(level);
}
for (const remark of remarks) {
  console.log(remark);
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed > 0 ? 1 : 0;

function step(name: string, command: string, args: readonly string[]): void {
  console.log(`\n── ${name}`);
  try {
    execFileSync(command, args, { cwd: root, stdio: 'inherit' });
    totals.passed += 1;
  } catch {
    remarks.push(`failed: ${name}`);
    totals.failed += 1;
  }
}

async function runLevel(level: Level): Promise<void> {
  console.log(`\n── ${level.name}`);
  try {
    await level.prepare?.();
  } catch (error) {
    console.log(`skipped ${level.name}: ${error instanceof Error ? error.message : error}`);
    totals[requireAll ? 'failed' : 'skipped'] += 1;
    remarks.push(`${requireAll ? 'failed' : 'skipped'}: ${level.name}`);
    return;
  }
  const report = path.join(root, 'out', 'test', `${level.name}.json`);
  fs.rmSync(report, { force: true });
  const args = [
    'run',
    '--project',
    level.name,
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
  ];
  const { status } = spawnSync(process.execPath, [bin('vitest'), ...args], { cwd: root, stdio: 'inherit' });
  count(level.name, report, status ?? 1);
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

function count(level: string, file: string, status: number): void {
  const report: Report | undefined = fs.existsSync(file)
    ? JSON.parse(fs.readFileSync(file, 'utf8'))
    : undefined;
  totals.passed += report?.numPassedTests ?? 0;
  totals[requireAll ? 'failed' : 'skipped'] += report?.numPendingTests ?? 0;
  // A suite that breaks before its first test fails the run as well.
  totals.failed += Math.max(report?.numFailedTests ?? 0, status === 0 ? 0 : 1);
  remarks.push(...(report ? troubles(level, report) : []));
  if (status !== 0 && !report?.numFailedTests) {
    remarks.push(`failed: ${level} ended with ${status} although no test failed; its output above says why`);
  }
}

function troubles(level: string, report: Report): string[] {
  return report.testResults.flatMap(({ name, message, assertionResults }) => {
    const file = path.relative(root, name);
    const tests = assertionResults.flatMap(({ status, fullName, failureMessages }) => {
      const reason = reasons(failureMessages ?? []);
      if (status === 'passed') {
        return reason ? [`passed when tried again: ${level}: ${file}: ${fullName}\n    ${reason}`] : [];
      }
      return [`${status}: ${level}: ${file}: ${fullName}\n    ${reason}`];
    });
    return message && tests.length === 0 ? [`failed: ${level}: ${file}\n    ${message}`] : tests;
  });
}

/** Of every try, each once. */
function reasons(messages: readonly string[]): string {
  const texts = messages.map((message) =>
    message.split('\n    at ')[0]!.replace('Error: STACK_TRACE_ERROR', 'timed out'),
  );
  return [...new Set(texts)].join('\n    ');
}

function requirePython(): void {
  if (spawnSync('python3', ['-m', 'venv', '--help']).status !== 0) {
    throw new Error('python3 with its venv module was not found');
  }
}

async function prepareEditor(): Promise<void> {
  await findChromium();
  await installVsCodeServer();
}
