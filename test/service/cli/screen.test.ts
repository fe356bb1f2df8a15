import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLineScript, TypedFolder } from './commandLine.ts';

/** Runs a program on a pseudo terminal of 100 columns, which Python's standard library can make, and prints what it drew. */
const onScreen = `
import fcntl, os, pty, struct, sys, termios
child, screen = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 100, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
drawn = b''
while True:
    try:
        part = os.read(screen, 65536)
    except OSError:
        break
    if not part:
        break
    drawn += part
sys.stdout.buffer.write(drawn)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

let folder: TypedFolder;

beforeAll(async () => {
  folder = new TypedFolder('schmal ü');
  folder.write('fails.py', `raise ValueError('${'long '.repeat(60)}')\n`);
  await folder.mlops('run', 'fails.py');
  folder.git('init', '--quiet');
  folder.git('config', 'user.name', 'Ada');
  folder.git('config', 'user.email', 'ada@example.com');
});

afterAll(() => folder.dispose());

async function draw(words: readonly string[], environment: Record<string, string> = {}): Promise<string> {
  const { NO_COLOR: _, FORCE_COLOR: __, ...own } = process.env;
  const program = ['-c', onScreen, process.execPath, commandLineScript, ...words];
  const { stdout } = await promisify(execFile)('python3', program, {
    cwd: folder.root,
    env: { ...own, TERM: 'xterm', ...environment },
  });
  return stdout;
}

it('colours states and cuts lines to the screen', async () => {
  const drawn = await draw(['runs', 'list']);
  expect(drawn).toContain('\u001b[31mfailed\u001b[39m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of.
  const lines = drawn.replace(/\u001b\[\d+m/g, '').split('\r\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(lines[1]).toMatch(/ValueError.*…$/);
});

it('uses no colours when asked not to', async () => {
  expect(await draw(['runs', 'list'], { NO_COLOR: '1' })).not.toContain('\u001b');
  expect(await draw(['runs', 'list'], { TERM: 'dumb' })).not.toContain('\u001b');
});

it('shows how far versioning is, and wipes it away at the end', async () => {
  for (let at = 0; at < 300; at += 1) {
    folder.write(path.join('images', `${at}.txt`), `${at}`.repeat(1000));
  }
  const drawn = await draw(['version', 'images']);
  expect(drawn).toMatch(/Versioning images {2}\d+ %/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what wipes a line away.
  expect(drawn).toMatch(/\u001b\[2Kimages is now v1 \(300 files, [\d.]+ KB\), commit [0-9a-f]{7}\.\r\n$/);
});
