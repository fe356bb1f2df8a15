import type { BuildOptions } from 'esbuild';

/** The pages as they are shipped, relative to the repository. */
export const pageBuild = {
  bundle: true,
  platform: 'browser',
  target: 'chrome128',
  // The page's script tag is no module, so that its nonce alone lets it in.
  format: 'iife',
  entryPoints: {
    run: 'webview-ui/run/main.ts',
    compare: 'webview-ui/compare/main.ts',
    profile: 'webview-ui/profile/main.ts',
    anonymise: 'webview-ui/anonymise/main.ts',
    synthesise: 'webview-ui/synthesise/main.ts',
    report: 'webview-ui/report/main.ts',
    page: 'webview-ui/shared/page.css',
    codicon: 'node_modules/@vscode/codicons/dist/codicon.css',
  },
  loader: { '.ttf': 'file' },
  assetNames: '[name]',
  outdir: 'dist/webview',
} satisfies BuildOptions;

/** The same with html, sample data and a host in memory: they open in a plain browser. */
export const devBuild = {
  ...pageBuild,
  entryPoints: {
    ...pageBuild.entryPoints,
    dev: 'webview-ui/dev/dev.ts',
    'dev-run': 'webview-ui/dev/dev-run.html',
    'dev-compare': 'webview-ui/dev/dev-compare.html',
    'dev-profile': 'webview-ui/dev/dev-profile.html',
    'dev-anonymise': 'webview-ui/dev/dev-anonymise.html',
    'dev-synthesise': 'webview-ui/dev/dev-synthesise.html',
    'dev-report': 'webview-ui/dev/dev-report.html',
  },
  loader: { ...pageBuild.loader, '.html': 'copy' },
  sourcemap: 'linked',
  logLevel: 'warning',
  outdir: 'out/pages',
} satisfies BuildOptions;
