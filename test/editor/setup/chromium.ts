import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { canInstallSystemPackages, installSystemPackages } from './systemPackages.ts';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
];

const MAC_APPLICATIONS = [
  'Chromium.app/Contents/MacOS/Chromium',
  'Google Chrome.app/Contents/MacOS/Google Chrome',
  'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

const WINDOWS_PROGRAMS = [
  'Chromium\\Application\\chrome.exe',
  'Google\\Chrome\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/** Without fonts Chromium draws boxes; DejaVu also has the arrows, blocks and marks that our trees use. */
const DEBIAN_PACKAGES = ['chromium', 'fonts-dejavu-core'];

/** The path of a Chromium-like browser; installs Debian's where that is possible and none is there. */
export async function findChromium(): Promise<string> {
  const wanted = process.env.MLOPS_CHROMIUM;
  if (wanted) {
    if (!existsSync(wanted)) {
      throw new Error(`MLOPS_CHROMIUM names ${wanted}, which does not exist. Correct it or unset it.`);
    }
    return wanted;
  }
  const present = candidates().find(isExecutable);
  if (present) {
    return present;
  }
  if (!canInstallSystemPackages()) {
    throw new Error(`No Chromium, Chrome or Edge was found for the editor tests. ${installHint()}`);
  }
  await installSystemPackages(DEBIAN_PACKAGES);
  const installed = candidates().find(isExecutable);
  if (!installed) {
    throw new Error('apt-get installed chromium, but no browser is on PATH. Set MLOPS_CHROMIUM to its path.');
  }
  return installed;
}

function candidates(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const extension = process.platform === 'win32' ? '.exe' : '';
  const onPath = folders.flatMap((folder) => NAMES.map((name) => join(folder, name + extension)));
  return [...onPath, ...usualPlaces()];
}

function usualPlaces(): string[] {
  const {
    HOME = '',
    LOCALAPPDATA = '',
    ProgramFiles = '',
    'ProgramFiles(x86)': programFiles32 = '',
  } = process.env;
  switch (process.platform) {
    case 'darwin':
      return ['/Applications', join(HOME, 'Applications')].flatMap((folder) =>
        MAC_APPLICATIONS.map((application) => join(folder, application)),
      );
    case 'win32':
      return [ProgramFiles, programFiles32, LOCALAPPDATA]
        .filter((folder) => folder !== '')
        .flatMap((folder) => WINDOWS_PROGRAMS.map((program) => join(folder, program)));
    default:
      return ['/snap/bin/chromium', '/opt/google/chrome/chrome', '/opt/microsoft/msedge/msedge'];
  }
}

function installHint(): string {
  switch (process.platform) {
    case 'darwin':
      return 'Run `brew install --cask chromium`, or set MLOPS_CHROMIUM to the path of one.';
    case 'win32':
      return 'Run `winget install Google.Chrome`, or set MLOPS_CHROMIUM to the path of one.';
    default:
      return `Run \`sudo apt-get install ${DEBIAN_PACKAGES.join(' ')}\`, or set MLOPS_CHROMIUM to the path of one.`;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
