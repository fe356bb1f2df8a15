import * as vscode from 'vscode';
import { type SettingId, settings } from './contributions.ts';

/** The manifest's default is a literal; a setting holds any value of its kind. */
type Widened<Value> = Value extends boolean ? boolean : Value extends number ? number : string;

export function readSetting<Id extends SettingId>(
  id: Id,
  scope?: vscode.Uri,
): Widened<(typeof settings)[Id]> {
  const fallback: Widened<(typeof settings)[Id]> = settings[id] as never;
  return vscode.workspace.getConfiguration(undefined, scope).get(id, fallback);
}
