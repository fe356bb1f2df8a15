import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  commands,
  contextKeys,
  panelTypes,
  runMarks,
  scriptLanguages,
  settings,
  tableExtensions,
  tableMark,
  treeItems,
  viewContainer,
  views,
} from '../../../src/client/contributions.ts';

const manifest = JSON.parse(
  fs.readFileSync(path.join(import.meta.dirname, '..', '..', '..', 'package.json'), 'utf8'),
);
const { contributes } = manifest;

test('the manifest and the code name the same commands', () => {
  const declared = contributes.commands.map(({ command }: { command: string }) => command);
  expect(declared.sort()).toEqual(Object.values(commands).sort());
});

test('every menu entry names a command that exists', () => {
  const named = Object.values(contributes.menus as Record<string, { command: string }[]>)
    .flat()
    .map(({ command }) => command);
  expect(named.filter((command) => !Object.values(commands).includes(command as never))).toEqual([]);
});

test('the manifest and the code name the same views', () => {
  const container = contributes.viewsContainers.activitybar[0].id;
  const declared = contributes.views[container].map(({ id }: { id: string }) => id);
  expect(container).toBe(viewContainer);
  expect(declared.sort()).toEqual(Object.values(views).sort());
});

test('the manifest and the code have the same settings with the same defaults', () => {
  const properties = contributes.configuration.properties as Record<string, { default: unknown }>;
  const declared = Object.fromEntries(
    Object.entries(properties).map(([id, { default: value }]) => [id, value]),
  );
  expect(declared).toEqual(settings);
});

test('what the welcome views and the walkthrough offer exists', () => {
  const { viewsWelcome, walkthroughs } = contributes;
  const steps = walkthroughs.flatMap((walkthrough: { steps: unknown[] }) => walkthrough.steps);
  const ours = [...JSON.stringify([viewsWelcome, steps]).matchAll(/(?:command:|onCommand:)(mlops\.[\w.]+)/g)];
  const known = [...Object.values(commands), ...Object.values(views).map((view) => `${view}.focus`)];
  expect(ours.length).toBeGreaterThan(0);
  expect(ours.map(([, command]) => command).filter((command) => !known.includes(command as never))).toEqual(
    [],
  );

  const media = steps.flatMap(({ media }: { media: { markdown?: string; image?: object } }) =>
    media.markdown ? [media.markdown] : Object.values(media.image!),
  );
  const root = path.join(import.meta.dirname, '..', '..', '..');
  expect(media.filter((file: string) => !fs.existsSync(path.join(root, file)))).toEqual([]);
  expect(steps.length).toBeLessThanOrEqual(8);
});

test('menus of tree rows ask for values that rows have', () => {
  const marks = runMarks.map((mark) => `.${mark}`);
  const runs = [treeItems.runUnderWay, treeItems.runEnded].flatMap((state) => [
    ...marks.map((mark) => `${state}${mark}`),
    `${state}${marks.join('')}`,
  ]);
  const tables = [treeItems.dataset, treeItems.unversioned].map((data) => `${data}.${tableMark}`);
  const values = [...Object.values(treeItems), ...runs, ...tables];
  const conditions = contributes.menus['view/item/context'].map(({ when }: { when: string }) => when);
  const patterns = conditions.map((when: string) => /viewItem (?:==|=~) (\S+)$/.exec(when)?.[1]);
  const matches = (pattern: string, value: string) =>
    pattern.startsWith('/') ? new RegExp(pattern.slice(1, -1)).test(value) : pattern === value;
  for (const pattern of patterns) {
    expect(
      values.some((value) => matches(pattern, value)),
      `${pattern} matches no row`,
    ).toBe(true);
  }
});

test('the explorer offers to profile the files that are tables', () => {
  const { when } = contributes.menus['explorer/context'].find(
    ({ command }: { command: string }) => command === commands.datasetProfile,
  );
  expect(/\\\.\(([\w|]+)\)/.exec(when)?.[1]?.split('|')).toEqual(tableExtensions);
});

test('panels and script languages activate the extension', () => {
  expect([...manifest.activationEvents].sort()).toEqual(
    [
      ...scriptLanguages.map((language) => `onLanguage:${language}`),
      ...Object.values(panelTypes).map((type) => `onWebviewPanel:${type}`),
      // Recipes are written in it, and completed.
      'onLanguage:yaml',
      // A folder that is used already: its terminals are given the tracking address.
      'workspaceContains:.mlops/workbench.db',
    ].sort(),
  );
});

test('conditions ask for the context keys that the code sets, and for no other of ours', () => {
  const others = [
    ...Object.values(commands),
    ...Object.values(views),
    viewContainer,
    ...Object.keys(settings),
  ];
  const asked = [
    ...JSON.stringify(contributes).matchAll(/"(?:when|enablement)":"((?:[^"\\\\]|\\\\.)*)"/g),
  ].flatMap(([, condition]) => condition!.match(/mlops\.[\w.]+/g) ?? []);
  const keys = asked.filter((word) => !others.includes(word as never));
  expect([...new Set(keys)].sort()).toEqual(Object.values(contextKeys).sort());
});
