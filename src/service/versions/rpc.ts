import type { Disposable } from '../../base/lifecycle.ts';
import {
  checkoutVersion,
  createRepository,
  datasetsChanged,
  listDatasets,
  listVersions,
  versionDataset,
} from '../../protocol/versions.ts';
import type { Router } from '../router.ts';
import type { Versions } from './versions.ts';

export function registerVersions(router: Router, versions: Versions): Disposable {
  router.on(listDatasets, () => versions.listDatasets());
  router.on(listVersions, ({ path }) => versions.listVersions(path));
  router.on(versionDataset, (asked, context) => versions.versionDataset(asked, context));
  router.on(checkoutVersion, (asked, context) => versions.checkoutVersion(asked, context));
  router.on(createRepository, async () => {
    await versions.createRepository();
    return null;
  });
  let version = 0;
  return versions.onDidChange(() => {
    version += 1;
    router.notify(datasetsChanged, { version });
  });
}
