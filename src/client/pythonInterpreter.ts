import { PVSC_EXTENSION_ID, PythonExtension } from '@vscode/python-extension';
import * as vscode from 'vscode';

/** The interpreter that the Python extension has selected for the file; undefined when that extension is absent. */
export async function selectedInterpreter(resource: vscode.Uri): Promise<string | undefined> {
  if (!resource.path.endsWith('.py') || !vscode.extensions.getExtension(PVSC_EXTENSION_ID)) {
    return undefined;
  }
  const python = await PythonExtension.api();
  const { path } = python.environments.getActiveEnvironmentPath(resource);
  const environment = await python.environments.resolveEnvironment(path);
  return environment?.executable.uri?.fsPath;
}
