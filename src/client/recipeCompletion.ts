import fs from 'node:fs';
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/lifecycle.ts';
import { placeAt } from './recipePlace.ts';
import { explanationAt, proposalsAt, type Schema } from './recipeSchema.ts';

const recipes: vscode.DocumentFilter = { scheme: 'file', pattern: '**/*.anonymise.{yaml,yml}' };

/** With this extension the schema is known to the editor by the manifest, and everything would be said twice. */
const yamlExtension = 'redhat.vscode-yaml';

/** Completion and explanations in recipes, by the schema that the service checks them with. */
export function registerRecipeCompletion(schemaFile: string): Disposable {
  const disposables = new DisposableStore();
  let known: Schema | undefined;
  const schema = () => {
    known ??= JSON.parse(fs.readFileSync(schemaFile, 'utf8')) as Schema;
    return known;
  };
  const isLeftToOthers = () => vscode.extensions.getExtension(yamlExtension) !== undefined;
  const placeOf = (document: vscode.TextDocument, { line, character }: vscode.Position) =>
    placeAt(document.getText().split(/\r?\n/), line, character);
  disposables.add(
    vscode.languages.registerCompletionItemProvider(
      recipes,
      {
        provideCompletionItems: (document, position) => {
          const place = isLeftToOthers() ? undefined : placeOf(document, position);
          if (!place) {
            return [];
          }
          const start = position.translate(0, -place.typed.length);
          return proposalsAt(schema(), place).map((proposal, at) => {
            const { label, description, isName, isRequired } = proposal;
            const kind = isName ? vscode.CompletionItemKind.Property : vscode.CompletionItemKind.EnumMember;
            const item = new vscode.CompletionItem(label, kind);
            item.range = new vscode.Range(start, position);
            item.insertText = isName ? `${label}: ` : label;
            item.sortText = String(at).padStart(3, '0');
            item.documentation = description;
            if (isRequired) {
              item.detail = 'must be given';
            }
            return item;
          });
        },
      },
      ' ',
      ':',
    ),
  );
  disposables.add(
    vscode.languages.registerHoverProvider(recipes, {
      provideHover: (document, position) => {
        const range = document.getWordRangeAtPosition(position, /[\w.-]+/);
        if (!range || isLeftToOthers()) {
          return undefined;
        }
        const place = placeOf(document, range.start);
        const said = place && explanationAt(schema(), place, document.getText(range));
        return said === undefined ? undefined : new vscode.Hover(said, range);
      },
    }),
  );
  return disposables;
}
