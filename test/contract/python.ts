import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cacheFolder } from '../editor/setup/cache.ts';
import { runToEnd } from '../editor/setup/processes.ts';

const buildLimit = 15 * 60_000;

/**
 * A Python virtual environment with these requirements, made once per list of requirements and then kept
 * in the cache folder. Answers the path of its `python`.
 *
 * It is built under its final name, because the programs pip writes carry that path in their first line;
 * a marker written last says that it is whole, and a claim file keeps two test processes from building at once.
 */
export async function pythonEnvironment(name: string, requirements: readonly string[]): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(requirements)).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), `venv-${name}-${key}`);
  const python =
    process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const ready = join(folder, 'ready');
  const claim = `${folder}.building`;
  await mkdir(cacheFolder(), { recursive: true });
  const deadline = Date.now() + buildLimit;
  while (!existsSync(ready)) {
    if (await claimed(claim)) {
      try {
        await build(folder, python, name, requirements);
      } finally {
        await rm(claim, { force: true });
      }
    } else if (Date.now() > deadline) {
      throw new Error(
        `Another process has been building ${folder} for too long. Delete ${claim} and try again.`,
      );
    } else {
      await pause(250);
    }
  }
  return python;
}

async function build(
  folder: string,
  python: string,
  name: string,
  requirements: readonly string[],
): Promise<void> {
  process.stderr.write(
    `Making the Python environment ${name} (${requirements.join(', ')}): a minute, once.\n`,
  );
  await rm(folder, { recursive: true, force: true });
  try {
    await runToEnd('python3', ['-m', 'venv', folder]);
    await runToEnd(python, [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      // An older wheel before a newer source: it is the same everywhere, and quick. Some packages are source alone.
      '--prefer-binary',
      ...requirements,
    ]);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Could not make the Python environment ${name}: it needs python3 with venv and a package index. ${reason}`,
      { cause: error },
    );
  }
  await writeFile(join(folder, 'ready'), `${requirements.join('\n')}\n`);
}

/** Takes the claim, also from a process that died while it held it. */
async function claimed(claim: string): Promise<boolean> {
  try {
    await writeFile(claim, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const holder = Number(await readFile(claim, 'utf8').catch(() => '0'));
    if (holder > 0 && !isAlive(holder)) {
      await rm(claim, { force: true });
    }
    return false;
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
