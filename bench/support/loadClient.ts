import net from 'node:net';

/**
 * A load client in a process of its own: raw HTTP over kept-alive sockets, so that it costs little beside
 * what it measures. Arguments as JSON: address, body, how many requests, how many connections.
 * Prints the seconds that it took.
 */
interface Load {
  readonly uri: string;
  readonly endpoint: string;
  readonly method: 'GET' | 'POST';
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
    let received: Buffer[] = [];
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
      received.push(chunk);
      // A long answer comes in many pieces; they are put together only when the last one is there.
      const end = endOfResponse(received[0]!);
      if (end > received.reduce((sum, piece) => sum + piece.length, 0)) {
        return;
      }
      if (!/^HTTP\/1\.1 200/.test(received[0]!.toString('latin1', 0, 12))) {
        reject(new Error(Buffer.concat(received).toString('utf8').slice(0, 500)));
        return;
      }
      received = [];
      next();
    });
  });
}

function request(number: number): string {
  const first = load.firstStep + number * load.stepsPerRequest;
  let step = first;
  const body = load.body.replace(/STEP/g, () => String(step++));
  return (
    `${load.method} ${pathname.replace(/\/$/, '')}/api/2.0/mlflow/${load.endpoint} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** How long the whole answer is, from its head; the head comes in one piece. */
function endOfResponse(first: Buffer): number {
  const head = first.indexOf('\r\n\r\n');
  const length = /content-length: (\d+)/i.exec(first.toString('latin1', 0, head));
  return head < 0 ? Number.POSITIVE_INFINITY : head + 4 + Number(length?.[1] ?? 0);
}
