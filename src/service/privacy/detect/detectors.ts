import type { Detector } from './detector.ts';
import { contactDetectors } from './families/contact.ts';
import { dateDetectors } from './families/dates.ts';
import { demographicDetectors } from './families/demographics.ts';
import { documentDetectors } from './families/documents.ts';
import { healthDetectors } from './families/health.ts';
import { keyDetectors } from './families/keys.ts';
import { moneyDetectors } from './families/money.ts';
import { americanNumbers } from './families/nationalIds/americas.ts';
import { asiaPacificAfricanNumbers } from './families/nationalIds/asiaPacificAfrica.ts';
import { companyNumbers } from './families/nationalIds/companies.ts';
import { europeanNumbers } from './families/nationalIds/europe.ts';
import { europeanVatNumbers } from './families/nationalIds/europeanVat.ts';
import { networkDetectors } from './families/network.ts';
import { personDetectors } from './families/person.ts';
import { placeDetectors } from './families/place.ts';
import { socialTraitDetectors } from './families/socialTraits.ts';
import { specialTraitDetectors } from './families/specialTraits.ts';
import { unitedStatesDetectors } from './families/unitedStates.ts';

/** All that can be told from whole values. Of equals the earlier wins, so the numbers of persons precede companies'. */
export const detectors: readonly Detector[] = [
  ...contactDetectors,
  ...networkDetectors,
  ...moneyDetectors,
  ...unitedStatesDetectors,
  ...europeanNumbers,
  ...americanNumbers,
  ...asiaPacificAfricanNumbers,
  ...healthDetectors,
  ...documentDetectors,
  ...personDetectors,
  ...placeDetectors,
  ...dateDetectors,
  ...demographicDetectors,
  ...socialTraitDetectors,
  ...specialTraitDetectors,
  ...keyDetectors,
  ...companyNumbers,
  ...europeanVatNumbers,
];
