import type { Disposable } from '../../base/lifecycle.ts';
import { profileData, profileKept, readRows, sketchData } from '../../protocol/data.ts';
import type { Router } from '../router.ts';
import type { Data } from './data.ts';

export function registerData(router: Router, data: Data): Disposable {
  router.on(profileData, (asked, context) => data.profile(asked, context));
  router.on(sketchData, (asked, context) => data.sketch(asked, context));
  router.on(readRows, (asked, context) => data.readRows(asked, context));
  let version = 0;
  return data.onDidKeepProfile(({ path, version: of }) => {
    version += 1;
    router.notify(profileKept, { path, version, ...(of !== undefined && { of }) });
  });
}
