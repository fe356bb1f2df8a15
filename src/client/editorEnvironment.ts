/**
 * What a script that is run from this window should find: the window's own environment, which is fresher than that
 * of a service which another window started days ago, without what the editor set for itself.
 */
export function editorEnvironment(own: Readonly<NodeJS.ProcessEnv>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    // Options for Node are the editor's too: its debugger attaches itself with them.
    if (value !== undefined && name !== 'NODE_OPTIONS' && !/^(ELECTRON_|VSCODE_)/.test(name)) {
      kept[name] = value;
    }
  }
  return kept;
}
