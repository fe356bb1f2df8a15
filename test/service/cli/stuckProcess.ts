import fs from 'node:fs';

/** What the system tells of a process that should have ended: its threads, what they wait for, and its open files. */
export function describeProcess(processId: number): string {
  const place = `/proc/${processId}`;
  if (!fs.existsSync(place)) {
    return `Process ${processId} has ended; somebody else holds its output.`;
  }
  const threads = fs.readdirSync(`${place}/task`).map((thread) => {
    const read = (name: string) => quietly(() => fs.readFileSync(`${place}/task/${thread}/${name}`, 'utf8'));
    const state = /^State:\s*(.*)$/m.exec(read('status'))?.[1];
    return `thread ${thread} (${read('comm').trim()}): ${state}, in ${read('wchan') || 'no call'}`;
  });
  const files = fs
    .readdirSync(`${place}/fd`)
    .map((file) => `${file} → ${quietly(() => fs.readlinkSync(`${place}/fd/${file}`))}`);
  const command = quietly(() => fs.readFileSync(`${place}/cmdline`, 'utf8')).replaceAll('\0', ' ');
  return [`Process ${processId}: ${command}`, ...threads, ...files].join('\n  ');
}

function quietly(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
