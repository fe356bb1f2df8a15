import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a small extension that has one of everything that the harness can click, for the harness's own test. */
export function writeThrowAwayExtension(folder: string): void {
  mkdirSync(join(folder, 'media'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  writeFileSync(join(folder, 'extension.js'), extension);
  writeFileSync(join(folder, 'media', 'page.js'), pageScript);
  writeFileSync(join(folder, 'media', 'page.css'), pageStyle);
  writeFileSync(join(folder, 'README.md'), '# Throw-away\n');
}

const command = (id: string, title: string, more: object = {}) => ({
  command: `throwAway.${id}`,
  title,
  category: 'Throw-away',
  ...more,
});

const manifest = {
  name: 'throw-away',
  displayName: 'Throw-away',
  publisher: 'harness',
  version: '0.0.1',
  engines: { vscode: '^1.101.0' },
  main: './extension.js',
  activationEvents: ['onStartupFinished', 'onWebviewPanel:throwAway.page'],
  capabilities: { untrustedWorkspaces: { supported: 'limited', description: 'Shows, and runs nothing.' } },
  contributes: {
    commands: [
      command('notify', 'Show a Notification'),
      command('page', 'Open Page'),
      command('violate', 'Open Violating Page'),
      command('ask', 'Ask'),
      command('spawn', 'Start Detached Process'),
      command('rename', 'Rename Item'),
      command('refresh', 'Refresh', { icon: '$(refresh)' }),
      command('star', 'Star Item', { icon: '$(star)' }),
      command('run', 'Run This File', { icon: '$(play)', enablement: 'isWorkspaceTrusted' }),
    ],
    submenus: [{ id: 'throwAway.more', label: 'More' }],
    viewsContainers: { activitybar: [{ id: 'throwAway', title: 'Throw-away', icon: '$(beaker)' }] },
    views: {
      throwAway: [
        { id: 'throwAway.items', name: 'Items' },
        { id: 'throwAway.others', name: 'Others', visibility: 'collapsed' },
      ],
    },
    menus: {
      'view/title': [{ command: 'throwAway.refresh', when: 'view == throwAway.items', group: 'navigation' }],
      'view/item/context': [
        { command: 'throwAway.rename', when: 'view == throwAway.items' },
        { command: 'throwAway.star', when: 'view == throwAway.items', group: 'inline' },
        { submenu: 'throwAway.more', when: 'view == throwAway.items' },
      ],
      'throwAway.more': [{ command: 'throwAway.star' }],
      'editor/title/run': [{ command: 'throwAway.run', when: 'resourceExtname == .py' }],
    },
  },
};

const extension = `
const vscode = require('vscode');
const { randomUUID } = require('node:crypto');
const { spawn } = require('node:child_process');

const say = (text) => vscode.window.showInformationMessage(text);

function html(context, webview, body) {
  const nonce = randomUUID();
  const file = (name) => webview.asWebviewUri(vscode.Uri.joinPath(context.extensionUri, 'media', name));
  const policy = "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src " + webview.cspSource;
  return '<!doctype html><html lang="en"><head>'
    + '<meta http-equiv="Content-Security-Policy" content="' + policy + '">'
    + '<link rel="stylesheet" href="' + file('page.css') + '"></head><body>' + body
    + '<script nonce="' + nonce + '" src="' + file('page.js') + '"></script></body></html>';
}

function fill(context, panel, body) {
  panel.webview.options = { enableScripts: true };
  panel.webview.html = html(context, panel.webview, body);
}

function treeOf(prefix) {
  return {
    getTreeItem: (item) => item,
    getChildren: (parent) => parent
      ? [new vscode.TreeItem('Child of ' + parent.label)]
      : [1, 2].map((number) => {
        const item = new vscode.TreeItem(prefix + ' ' + number, number === 1 ? 1 : 0);
        item.description = 'no ' + number;
        return item;
      }),
  };
}

const page = '<h1>A page</h1><button id="count">Count</button> <output id="total"></output>';
const lensProvider = {
  provideCodeLenses: (document) => [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0),
    { title: 'Run This', command: 'throwAway.run', arguments: [document.uri] })],
};

exports.activate = (context) => {
  const keep = (disposable) => context.subscriptions.push(disposable);
  const on = (id, action) => keep(vscode.commands.registerCommand('throwAway.' + id, action));
  const status = vscode.window.createStatusBarItem('throwAway.status', 1, 1000);
  keep(status);
  status.text = '$(beaker) Throw-away';
  status.command = 'throwAway.notify';
  status.show();
  keep(vscode.window.registerTreeDataProvider('throwAway.items', treeOf('Item')));
  keep(vscode.window.registerTreeDataProvider('throwAway.others', treeOf('Other')));
  keep(vscode.languages.registerCodeLensProvider({ pattern: '**/*.py' }, lensProvider));
  keep(vscode.window.registerWebviewPanelSerializer('throwAway.page', {
    deserializeWebviewPanel: async (panel) => fill(context, panel, page),
  }));
  const open = (title, body) => fill(context, vscode.window.createWebviewPanel('throwAway.page', title, 1), body);
  on('page', () => open('A Page', page));
  on('violate', () => open('Violating Page', page + '<p style="color: red">red</p>'));
  on('notify', async () => {
    const choice = await vscode.window.showInformationMessage('Something happened.', 'Do It', 'Leave It');
    if (choice) say('You chose: ' + choice + '.');
  });
  on('ask', async () => {
    const name = await vscode.window.showInputBox({ prompt: 'Your name' });
    const colour = await vscode.window.showQuickPick(['dark green', 'green', 'red'], { placeHolder: 'Colour' });
    say(name + ' likes ' + colour + '.');
  });
  on('spawn', () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
    child.unref();
    say('Started process ' + child.pid + '.');
  });
  on('rename', (item) => say('Renaming ' + item.label + '.'));
  on('star', (item) => say('Starred ' + item.label + '.'));
  on('refresh', () => say('Refreshed.'));
  on('run', (uri) => say('Running ' + uri.path.split('/').pop() + '.'));
};
`;

const pageScript = `
const host = acquireVsCodeApi();
const total = document.getElementById('total');
let count = (host.getState() ?? { count: 0 }).count;
const show = () => { total.textContent = String(count); host.setState({ count }); };
document.getElementById('count').addEventListener('click', () => { count += 1; show(); });
show();
`;

const pageStyle = 'h1 { color: var(--vscode-charts-blue); letter-spacing: 3px; }\n';
