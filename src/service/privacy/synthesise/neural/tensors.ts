import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import type { Estimate } from '../synthesiser.ts';

export type TensorFlow = typeof import('@tensorflow/tfjs-core');

export type Backend = NonNullable<Estimate['backend']>;

export interface Tensors {
  readonly tf: TensorFlow;
  readonly backend: Backend;
}

let loaded: Promise<Tensors> | undefined;

/** TensorFlow.js with the fastest backend that runs here, loaded when the first network needs it. */
export function loadTensors(): Promise<Tensors> {
  loaded ??= load();
  return loaded;
}

/** TensorFlow.js with this backend. There is one for the whole thread. */
export async function useBackend(backend: Backend): Promise<Tensors> {
  const tf = await import('@tensorflow/tfjs-core');
  // Otherwise it advises everybody who reads our output to install another package.
  tf.env().set('PROD', true);
  if (backend === 'wasm') {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    // Threads of its own would take the processors from the service, and make sums depend on their timing.
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    wasm.setWasmPaths(`${path.dirname(wasmFile())}${path.sep}`);
  } else {
    await import('@tensorflow/tfjs-backend-cpu');
  }
  const restore = keepListeners();
  const found = await tf.setBackend(backend);
  restore();
  if (!found) {
    throw new Error(`TensorFlow.js has no backend "${backend}" here.`);
  }
  return { tf, backend };
}

/** Does some work and frees all tensors that it made. `tidy` would look at each number of its result for a tensor. */
export function freeing<Result>(tf: TensorFlow, work: () => Result): Result {
  tf.engine().startScope();
  try {
    return work();
  } finally {
    tf.engine().endScope();
  }
}

/** What the WebAssembly loader listens to would end the process at any rejected promise; takes it off again. */
function keepListeners(): () => void {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.listeners(event as 'uncaughtException'));
  return () => {
    events.forEach((event, index) => {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before[index]!.includes(listener)) {
          process.removeListener(event, listener);
        }
      }
    });
  };
}

async function load(): Promise<Tensors> {
  try {
    return await useBackend('wasm');
  } catch {
    return await useBackend('cpu');
  }
}

/** Beside the package, both in a checkout and in what is installed. */
function wasmFile(): string {
  const require = createRequire(import.meta.url);
  return require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm');
}
