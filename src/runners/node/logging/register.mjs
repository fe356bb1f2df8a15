// Loaded with `--import` before a script of the Workbench: makes `mlops-workbench` importable from anywhere.
// `require` finds it through NODE_PATH as well.
import module from 'node:module';

const folder = new URL('./mlops-workbench/', import.meta.url);

if (typeof module.registerHooks === 'function') {
  module.registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier !== 'mlops-workbench') {
        return nextResolve(specifier, context);
      }
      const isRequired = context.conditions?.includes('require');
      const file = isRequired ? 'index.cjs' : 'index.mjs';
      return {
        url: new URL(file, folder).href,
        format: isRequired ? 'commonjs' : 'module',
        shortCircuit: true,
      };
    },
  });
} else if (typeof module.register === 'function') {
  module.register(new URL('./hooks.mjs', import.meta.url));
}
