// The one build: every room to dist/. `--watch` rebuilds on change, `--production` minifies.
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { build, context } from 'esbuild';
import { pageBuild } from './webview-ui/dev/build.ts';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const { version } = JSON.parse(await readFile('package.json', 'utf8'));

const shared = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'warning',
  metafile: true,
  define: { WORKBENCH_VERSION: JSON.stringify(version) },
};

/** An ES module for Node; bundled CommonJS packages still ask for `require`. */
const node = {
  ...shared,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

/** A CommonJS module for Node: the editor asks for one, and it loads sooner. */
const commonJs = {
  ...shared,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  banner: { js: "const __fileUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: { ...shared.define, 'import.meta.dirname': '__dirname', 'import.meta.url': '__fileUrl' },
};

const bundles = [
  // The only bundle that may meet `vscode`.
  {
    ...commonJs,
    entryPoints: { extension: 'src/client/extension.ts' },
    outdir: 'dist/client',
    external: ['vscode'],
  },
  {
    // As an ES module it would import `node:http` with all its getters, one of which loads the whole of fetch.
    ...commonJs,
    entryPoints: { main: 'src/service/start.ts', service: 'src/service/main.ts' },
    outdir: 'dist/service',
    external: ['better-sqlite3', '@duckdb/node-api', 'apache-arrow', '@tensorflow/*'],
  },
  {
    // Large and seldom needed: a file of its own, which is loaded with the first Arrow file.
    ...commonJs,
    entryPoints: { index: 'apache-arrow' },
    outdir: 'dist/service/node_modules/apache-arrow',
    outExtension: { '.js': '.js' },
  },
  {
    // Tables are anonymised in a thread, which is a file of its own.
    ...commonJs,
    entryPoints: { privacyWorker: 'src/service/privacy/privacyWorker.ts' },
    outdir: 'dist/service',
    external: ['@duckdb/node-api', 'apache-arrow', '@tensorflow/*'],
  },
  // Loaded with the first neural network; the backends share the core, so each is a file of its own.
  ...['core', 'backend-wasm', 'backend-cpu'].map((part) => ({
    ...commonJs,
    entryPoints: { index: `@tensorflow/tfjs-${part}` },
    outdir: `dist/service/node_modules/@tensorflow/tfjs-${part}`,
    outExtension: { '.js': '.js' },
    // What only a browser or a download would need.
    external: [...(part === 'core' ? [] : ['@tensorflow/tfjs-core']), 'node-fetch', 'string_decoder'],
  })),
  {
    ...node,
    // Hashing runs in worker threads, which are files of their own.
    entryPoints: { contentWorker: 'src/service/versions/contentWorker.ts' },
    outdir: 'dist/service',
    outExtension: { '.js': '.mjs' },
  },
  {
    ...node,
    entryPoints: { supervisor: 'src/runners/node/supervisor.ts' },
    outdir: 'dist/runners',
    outExtension: { '.js': '.mjs' },
  },
  {
    ...node,
    entryPoints: { mlops: 'src/cli/mlops.ts' },
    outdir: 'dist/cli',
    outExtension: { '.js': '.mjs' },
  },
  { ...shared, ...pageBuild },
];

/** Files that are read as they are: what a run puts on its script's path. */
async function copyFiles() {
  await mkdir('dist/runners', { recursive: true });
  await cp('src/runners/python', 'dist/runners/python', {
    recursive: true,
    filter: (file) => !file.includes('__pycache__'),
  });
  await cp('src/runners/node/logging', 'dist/runners/node', { recursive: true });
  await cp('src/cli/bin', 'dist/cli/bin', { recursive: true });
}

/** TensorFlow.js's WebAssembly, with and without instructions for several numbers at a time; the service has threads. */
async function copyWebAssembly() {
  for (const name of ['tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm.wasm']) {
    const file = path.join('node_modules/@tensorflow/tfjs-backend-wasm/dist', name);
    await cp(file, path.join('dist/service', file));
  }
}

/** The native modules beside the service, for this platform alone: what a package needs instead of node_modules. */
async function copyNativeModules() {
  const musl = process.platform === 'linux' && existsSync('/etc/alpine-release');
  const binary = `${process.platform}${musl ? 'musl' : ''}-${process.arch}.node`;
  const duckdb = `@duckdb/node-bindings-${process.platform}-${process.arch}${musl ? '-musl' : ''}`;
  for (const [name, parts] of [
    ['better-sqlite3', ['package.json', 'LICENSE', 'lib', `prebuilds/${binary}`]],
    ['@duckdb/node-api', ['package.json', 'LICENSE', 'lib']],
    ['@duckdb/node-bindings', ['package.json', 'LICENSE', 'duckdb.js']],
    [duckdb, ['']],
    // DuckDB asks it whether this is musl, and takes its absence for glibc.
    ...(musl ? [['detect-libc', ['']]] : []),
  ]) {
    for (const part of parts) {
      await cp(path.join('node_modules', name, part), path.join('dist/service/node_modules', name, part), {
        recursive: true,
        filter: (file) => !/\.(d\.ts|map)$/.test(file),
      });
    }
  }
}

await rm('dist', { recursive: true, force: true });
await copyFiles();
await copyWebAssembly();
if (production) {
  await copyNativeModules();
}
if (watch) {
  for (const options of bundles) {
    await (await context(options)).watch();
  }
} else {
  await Promise.all(bundles.map((options) => build(options)));
}
