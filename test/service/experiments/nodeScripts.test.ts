import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { programForScript } from '../../../src/service/experiments/interpreter.ts';
import { runEnvironment } from '../../../src/service/experiments/runEnvironment.ts';
import { errorOf, TestWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = new TestWorkspace();
});
afterEach(() => workspace.dispose());

function surroundings() {
  return { workspace: workspace.root, nodePath: process.execPath, environment: process.env };
}

/** A program named node that says it is another version. */
function fakeNode(version: string): string {
  const file = workspace.write(`${version}/node`, `#!/bin/sh\necho v${version}\n`);
  fs.chmodSync(file, 0o755);
  return file;
}

test('the logging module is loaded before the script, also from a folder with spaces and quotes', async () => {
  const nodeModulePath = path.join(workspace.root, 'own "modules" ’n more');
  workspace.write('own "modules" ’n more/register.mjs', 'console.log("registered");\n');
  workspace.write('own "modules" ’n more/helper/index.js', 'module.exports = "found";\n');
  const script = workspace.write('train.cjs', 'console.log(require("helper"));\n');
  const program = await programForScript(script, process.execPath, surroundings());
  const options = {
    runId: 'r',
    experiment: '1',
    trackingUri: 'http://127.0.0.1:9',
    base: { NODE_OPTIONS: '--stack-trace-limit=5' },
    pythonModulePath: '/python',
    nodeModulePath,
  };
  const environment = await runEnvironment({ ...options, program });
  expect(environment.NODE_OPTIONS).toMatch(/^--stack-trace-limit=5 --import=file:\/\//);
  const output = execFileSync(program.command[0]!, program.command.slice(1), {
    env: environment,
    encoding: 'utf8',
  });
  expect(output).toBe('registered\nfound\n');

  const old = { ...program, interpreter: fakeNode('16.3.0') };
  expect(await runEnvironment({ ...options, program: old })).toMatchObject({
    NODE_OPTIONS: '--stack-trace-limit=5',
  });
});

test('TypeScript runs with the project’s own tsx, else with a Node that strips types', async () => {
  const script = workspace.write('project/train.ts', '');
  const old = fakeNode('20.1.0');
  expect(await errorOf(programForScript(script, old, surroundings()))).toMatchObject({
    code: 'experiments.nodeTooOld',
    message: expect.stringContaining('Node.js 20.1.0 cannot run project/train.ts by itself.'),
  });
  const recent = fakeNode('22.18.0');
  expect((await programForScript(script, recent, surroundings())).command).toEqual([recent, script]);
  workspace.write('node_modules/tsx/package.json', JSON.stringify({ bin: './dist/cli.mjs' }));
  expect((await programForScript(script, old, surroundings())).command).toEqual([
    old,
    path.join(workspace.root, 'node_modules/tsx/dist/cli.mjs'),
    script,
  ]);
});
