// For Node before 22.15, which runs such hooks on a thread of their own and for `import` only.
const entry = new URL('./mlops-workbench/index.mjs', import.meta.url).href;

export async function resolve(specifier, context, nextResolve) {
  return specifier === 'mlops-workbench'
    ? { url: entry, format: 'module', shortCircuit: true }
    : nextResolve(specifier, context);
}
