import { rename, rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { formatRelativeTime } from '../../base/format.ts';
import { keyAlreadyExported } from '../../keys/errors.ts';
import type { KnownKey } from '../../keys/keyBook.ts';
import { isKeyName } from '../../keys/masterKey.ts';
import { changeRecipe, forgetKey, openRecipe } from '../../protocol/privacy.ts';
import type { Anonymisation } from '../anonymisation.ts';
import { commands } from '../contributions.ts';
import { keyInWorkspace, noKeys } from '../errors.ts';
import type { ServiceClient } from '../service/serviceClient.ts';
import type { Services } from '../service/services.ts';
import { findRecipes } from './chooseRecipe.ts';
import type { CommandTable } from './commandTable.ts';

interface Context {
  readonly services: Services;
  readonly anonymisation: Anonymisation;
}

export function keyCommands(context: Context): CommandTable {
  return {
    [commands.keyMake]: () => make(context),
    [commands.keyExport]: () => exportOnce(context),
    [commands.keyRotate]: () => rotate(context),
    [commands.keyForget]: () => forget(context),
  };
}

/** For the button of the panel. */
export async function makeKeyFor(
  anonymisation: Anonymisation,
  client: ServiceClient,
  recipe: string,
): Promise<void> {
  const { key, input } = await client.send(openRecipe, { path: recipe });
  const named = input.path.split('/').at(-1)!.replace(/\..*$/, '');
  const id = await askName(anonymisation, key.id ?? (isKeyName(named) ? named : 'key'));
  if (id !== undefined) {
    await anonymisation.keys.make(id);
    await use(anonymisation, client, recipe, id);
  }
}

/** A key of this computer, one that was exported elsewhere, or a new one. */
export async function chooseKeyFor(
  anonymisation: Anonymisation,
  client: ServiceClient,
  recipe: string,
): Promise<void> {
  const { key } = await client.send(openRecipe, { path: recipe });
  const enter = { label: '$(symbol-key) Enter an Exported Key…', id: undefined };
  const makeNew = { label: '$(add) Make a New Key…', id: undefined };
  const chosen = await vscode.window.showQuickPick([enter, ...choices(anonymisation), makeNew], {
    title: `Choose the Key of ${recipe}`,
    placeHolder: 'What was made with one key can be undone with that key alone',
  });
  if (chosen === makeNew) {
    await makeKeyFor(anonymisation, client, recipe);
  } else if (chosen === enter) {
    const id = await enterKey(anonymisation, key.id ?? undefined);
    await (id === undefined ? undefined : use(anonymisation, client, recipe, id));
  } else if (chosen?.id !== undefined) {
    await use(anonymisation, client, recipe, chosen.id);
  }
}

async function make({ anonymisation }: Context): Promise<void> {
  const id = await askName(anonymisation, 'key');
  if (id !== undefined) {
    await anonymisation.keys.make(id);
    void vscode.window.showInformationMessage(
      `The key ${id} is made and kept in the secret storage of this computer. Export it once, so that it is not lost with it.`,
    );
  }
}

async function exportOnce({ anonymisation }: Context): Promise<void> {
  const key = await chooseKey(anonymisation, 'Export Anonymisation Key');
  if (!key) {
    return;
  }
  if (key.exported !== undefined) {
    throw keyAlreadyExported(key.id, new Date(key.exported).toISOString());
  }
  const chosen = await vscode.window.showWarningMessage(
    `Export the key ${key.id}?`,
    {
      modal: true,
      detail:
        'Whoever has this key can undo every pseudonym, noise and shift that was made with it. Keep it in a safe ' +
        'place, never beside the data. A key is exported once.',
    },
    'Save to File…',
    'Copy to Clipboard',
  );
  if (chosen === 'Copy to Clipboard') {
    await anonymisation.keys.export(key.id, (secret) => vscode.env.clipboard.writeText(secret));
    void vscode.window.showInformationMessage(
      `The key ${key.id} is in the clipboard. Put it in a safe place, then copy something else.`,
    );
  } else if (chosen === 'Save to File…') {
    await saveToFile(anonymisation, key.id);
  }
}

/** As the command line reads it. Only its owner may open it, and it lies in no workspace folder. */
async function saveToFile(anonymisation: Anonymisation, id: string): Promise<void> {
  const file = await vscode.window.showSaveDialog({ title: `Export the Key ${id}`, saveLabel: 'Export' });
  if (!file) {
    return;
  }
  if (vscode.workspace.getWorkspaceFolder(file)) {
    throw keyInWorkspace();
  }
  await anonymisation.keys.export(id, async (secret) => {
    const beside = `${file.fsPath}.${process.pid}`;
    // A file that is there already may be open to others: a new one takes its place.
    try {
      await writeFile(beside, `${id} = ${secret}\n`, { mode: 0o600, flag: 'wx' });
      await rename(beside, file.fsPath);
    } catch (error) {
      // A key is not left lying about under a name that nobody knows.
      await rm(beside, { force: true });
      throw error;
    }
  });
  void vscode.window.showInformationMessage(`The key ${id} is in ${file.fsPath}, which only you can read.`);
}

async function rotate(context: Context): Promise<void> {
  const { anonymisation, services } = context;
  const old = await chooseKey(anonymisation, 'Rotate Anonymisation Key');
  if (!old) {
    return;
  }
  const recipes = (
    await Promise.all(
      (
        await findRecipes()
      ).map(async (uri) => {
        const client = services.for(uri);
        const state = await client.send(openRecipe, { path: uri.fsPath }).catch(() => undefined);
        return state?.key.id === old.id ? [{ client, label: state.recipe, picked: true }] : [];
      }),
    )
  ).flat();
  const chosen =
    recipes.length === 0
      ? []
      : await vscode.window.showQuickPick(recipes, {
          title: `Rotate the Key ${old.id}`,
          placeHolder: 'Which recipes are to use the new key from now on?',
          canPickMany: true,
        });
  if (!chosen) {
    return;
  }
  const made = await anonymisation.keys.rotate(old.id);
  for (const { client, label } of chosen) {
    await use(anonymisation, client, label, made.id);
  }
  void vscode.window.showInformationMessage(
    `The key ${made.id} takes the place of ${old.id}, which is kept to restore what was made with it.`,
  );
}

async function forget({ anonymisation, services }: Context): Promise<void> {
  const key = await chooseKey(anonymisation, 'Forget Anonymisation Key');
  if (!key) {
    return;
  }
  const copy =
    key.exported === undefined
      ? 'It was never exported, so there is no copy of it.'
      : 'Only an exported copy can bring it back.';
  const chosen = await vscode.window.showWarningMessage(
    `Forget the key ${key.id}?`,
    {
      modal: true,
      detail: `What was made with it can then no longer be restored or made the same way again. ${copy}`,
    },
    'Forget Key',
  );
  if (!chosen) {
    return;
  }
  await anonymisation.keys.forget(key.id);
  const running = services.all.filter(({ state }) => state.kind === 'connected');
  await Promise.all(running.map((client) => client.send(forgetKey, { id: key.id })));
  void vscode.window.showInformationMessage(`The key ${key.id} is forgotten.`);
}

/** Names the key in the recipe and hands it to the service. */
async function use(
  anonymisation: Anonymisation,
  client: ServiceClient,
  recipe: string,
  id: string,
): Promise<void> {
  await anonymisation.handOver(client, id);
  const { version, key } = await client.send(openRecipe, { path: recipe });
  if (key.id !== id) {
    await client.send(changeRecipe, { recipe, version, change: { kind: 'key', id } });
  }
}

async function enterKey(
  anonymisation: Anonymisation,
  wanted: string | undefined,
): Promise<string | undefined> {
  const title = wanted === undefined ? 'Enter an Exported Key' : `Enter the Key ${wanted}`;
  const text = await vscode.window.showInputBox({
    title,
    prompt: '64 hexadecimal digits or 44 characters of base64, as it was exported',
    password: true,
    ignoreFocusOut: true,
  });
  const id = text === undefined ? undefined : await askName(anonymisation, wanted ?? 'key', title);
  if (text !== undefined && id !== undefined) {
    await anonymisation.keys.enter(id, text);
  }
  return id;
}

async function askName(
  anonymisation: Anonymisation,
  proposed: string,
  title = 'Make Anonymisation Key',
): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title,
    prompt: 'The name of the key. Recipes name it; the key itself stays in the secret storage.',
    value: await anonymisation.keys.freeName(proposed),
    ignoreFocusOut: true,
    validateInput: async (text) =>
      isKeyName(text.trim())
        ? (await anonymisation.keys.read(text.trim())) === undefined
          ? undefined
          : 'There is a key of this name already.'
        : 'Use 1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.',
  });
  return name?.trim();
}

async function chooseKey(anonymisation: Anonymisation, title: string): Promise<KnownKey | undefined> {
  const all = choices(anonymisation);
  if (all.length === 0) {
    throw noKeys();
  }
  const chosen = await vscode.window.showQuickPick(all, { title, placeHolder: 'Which key?' });
  return chosen && anonymisation.keys.list().find(({ id }) => id === chosen.id);
}

function choices({ keys }: Anonymisation): (vscode.QuickPickItem & { readonly id: string })[] {
  return keys.list().map(({ id, made, exported, replacedBy }) => ({
    id,
    label: `$(key) ${id}`,
    description: [
      `made ${formatRelativeTime(made, Date.now())}`,
      exported === undefined ? 'never exported' : `exported ${formatRelativeTime(exported, Date.now())}`,
      ...(replacedBy === undefined ? [] : [`replaced by ${replacedBy}`]),
    ].join(' · '),
  }));
}
