import { killProcessTree } from './processTree.ts';

// Runs beside a process tree: standard input ends when the test that started both is gone, however it went.
const [rootProcess, id] = process.argv.slice(2);
process.stdin.resume();
process.stdin.once('end', () => {
  killProcessTree(Number(rootProcess), id ?? '');
  process.exit();
});
