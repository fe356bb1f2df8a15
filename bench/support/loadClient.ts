import net from 'node:net';

/**
 * A load client in a process of its own: raw HTTP over kept-alive sockets, so that it costs little beside
 * what it measures. Arguments as JSON: address, body, how many requests, how many connections.
 * Prints the seconds that it took.
 */
interface Load {
  readonly uri: string;
  readonly endpoint: string;
  /** Sent over and over; `STEP` in it is replaced by a number that grows. */
  readonly body: string;
  readonly requests: number;
  readonly connections: number;
  readonly firstStep: number;
  readonly stepsPerRequest: number;
}

const load = JSON.parse(process.argv[2]!) as Load;
const { hostname, port, pathname } = new URL(load.uri);
let issued = 0;

const begin = performance.now();
await Promise.all(Array.from({ length: load.connections }, connection));
console.log((performance.now() - begin) / 1000);

function connection(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname);
    socket.setNoDelay(true);
    let received = '';
    const next = () => {
      if (issued === load.requests) {
        socket.end();
        resolve();
        return;
      }
      socket.write(request(issued++));
    };
    socket.on('connect', next);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const end = endOfResponse(received);
      if (end < 0) {
        return;
      }
      if (!/^HTTP\/1\.1 200/.test(received)) {
        reject(new Error(received.slice(0, 500)));
        return;
      }
      received = received.slice(end);
      next();
    });
  });
}

function request(number: number): string {
  const first = load.firstStep + number * load.stepsPerRequest;
  let step = first;
  const body = load.body.replace(/STEP/g, () => String(step++));
  return (
    `POST ${pathname.replace(/\/$/, '')}/api/2.0/mlflow/${load.endpoint} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}

function endOfResponse(text: string): number {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) {
    return -1;
  }
  const length = /content-length: (\d+)/i.exec(text.slice(0, head));
  const end = head + 4 + Number(length?.[1] ?? 0);
  return text.length >= end ? end : -1;
}
