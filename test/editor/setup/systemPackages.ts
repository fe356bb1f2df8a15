import { existsSync } from 'node:fs';
import { runToEnd } from './processes.ts';

/** Installs Debian packages; only for a Debian-like machine on which we are root (`canInstallSystemPackages`). */
export async function installSystemPackages(packages: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  process.stdout.write(`[setup] installing ${packages.join(', ')} with apt-get …\n`);
  await runToEnd('apt-get', ['update'], { env });
  // Two suites may install at the same time: the second waits for dpkg's lock instead of failing.
  const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  await runToEnd('apt-get', ['install', ...options, ...packages], { env });
}

export function canInstallSystemPackages(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}
