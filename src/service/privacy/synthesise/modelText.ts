/**
 * A learned model as JSON, which can lie beside its recipe: plain data, with arrays of numbers in base64 (little
 * endian). It says as much about the real rows as what is drawn from it, and more than any one drawing.
 */
export function writeModel(model: unknown): string {
  return JSON.stringify(model, (_, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      return { $: 'Number', data: String(value) };
    }
    const type = Object.entries(arrayTypes).find(([, Type]) => value instanceof Type)?.[0];
    if (!type) {
      return value;
    }
    const { buffer, byteOffset, byteLength } = value as Float32Array;
    return { $: type, data: Buffer.from(buffer, byteOffset, byteLength).toString('base64') };
  });
}

/** The model that `writeModel` wrote. */
export function readModel(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (!isWritten(value)) {
      return value;
    }
    const { $: type, data } = value;
    if (type === 'Number') {
      return Number(data);
    }
    // A copy of its own, which begins where numbers may begin.
    return new arrayTypes[type](Uint8Array.from(Buffer.from(data, 'base64')).buffer);
  });
}

const arrayTypes = { Float32Array, Float64Array, Int16Array, Int32Array, Uint8Array };

interface Written {
  readonly $: keyof typeof arrayTypes | 'Number';
  readonly data: string;
}

function isWritten(value: unknown): value is Written {
  return (
    typeof value === 'object' &&
    value !== null &&
    '$' in value &&
    'data' in value &&
    typeof value.data === 'string' &&
    typeof value.$ === 'string' &&
    (value.$ === 'Number' || Object.hasOwn(arrayTypes, value.$))
  );
}
