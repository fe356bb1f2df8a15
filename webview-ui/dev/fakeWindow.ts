import type { FakeHost } from './fakeHost.ts';

declare global {
  interface Window {
    /** Lets the console, and the tests, play the part of the client and the service. */
    fake: FakeHost;
    acquireVsCodeApi: () => FakeHost;
  }
}
