import { leaveOpen, startEditor } from './setUp.ts';

/** `npm start`: the sample in a real VS Code, to play in. */
await leaveOpen(await startEditor());
