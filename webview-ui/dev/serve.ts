/*
 * `node webview-ui/dev/serve.ts` from the repository, then open the address it prints, with
 * /dev-run.html, /dev-compare.html, /dev-profile.html, /dev-anonymise.html or /dev-report.html and, as you like, ?scenario=…&theme=… (see scenarios.ts and themes.ts).
 */
import { context } from 'esbuild';
import { devBuild } from './build.ts';

const building = await context({ ...devBuild, logLevel: 'info' });
await building.watch();
await building.serve({ servedir: devBuild.outdir, host: '127.0.0.1' });
