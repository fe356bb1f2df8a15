import { openPage } from '../shared/openPage.ts';
import { ProfilePage } from './profilePage.ts';

openPage('workbench-profile', ProfilePage);
