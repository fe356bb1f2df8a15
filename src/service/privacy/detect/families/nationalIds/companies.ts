import { validate as atUid } from 'stdnum/lib/cjs/at/uid.js';
import { validate as auAbn } from 'stdnum/lib/cjs/au/abn.js';
import { validate as auAcn } from 'stdnum/lib/cjs/au/acn.js';
import { validate as beVat } from 'stdnum/lib/cjs/be/vat.js';
import { validate as brCnpj } from 'stdnum/lib/cjs/br/cnpj.js';
import { validate as chUid } from 'stdnum/lib/cjs/ch/uid.js';
import { validate as cnUscc } from 'stdnum/lib/cjs/cn/uscc.js';
import { validate as deVat } from 'stdnum/lib/cjs/de/vat.js';
import { validate as dkCvr } from 'stdnum/lib/cjs/dk/cvr.js';
import { validate as esCif } from 'stdnum/lib/cjs/es/cif.js';
import { validate as fiYtunnus } from 'stdnum/lib/cjs/fi/ytunnus.js';
import { validate as frSiren } from 'stdnum/lib/cjs/fr/siren.js';
import { validate as frSiret } from 'stdnum/lib/cjs/fr/siret.js';
import { validate as frTva } from 'stdnum/lib/cjs/fr/tva.js';
import { validate as gbVat } from 'stdnum/lib/cjs/gb/vat.js';
import { validate as inGstin } from 'stdnum/lib/cjs/in/gstin.js';
import { validate as itIva } from 'stdnum/lib/cjs/it/iva.js';
import { validate as nlBtw } from 'stdnum/lib/cjs/nl/btw.js';
import { validate as noOrgnr } from 'stdnum/lib/cjs/no/orgnr.js';
import { validate as plNip } from 'stdnum/lib/cjs/pl/nip.js';
import { validate as usEin } from 'stdnum/lib/cjs/us/ein.js';
import type { Detector } from '../../detector.ts';
import { type NumberRow, numberDetector } from './numberRow.ts';

// Each validator is imported from its own file: the package as a whole cannot be shaken.
const rows: readonly NumberRow[] = [
  {
    id: 'us.ein',
    title: 'US employer numbers (EIN)',
    pattern: /^\d{2}-\d{7}$/,
    check: usEin,
    chance: 0.84,
    entity: 'companyId',
    alone: 0.5,
    headers: ['ein', 'employer identification', 'employer id', 'fein', 'tax id'],
  },
  {
    id: 'gb.vat',
    title: 'UK VAT numbers',
    pattern: /^(GB)?[ ]?\d{3}[ ]?\d{4}[ ]?\d{2}$/i,
    check: gbVat,
    chance: 0.03,
    entity: 'vatNumber',
    alone: 0.6,
    headers: ['vat', 'vat no', 'vat number', 'vat reg'],
  },
  {
    id: 'de.vat',
    title: 'German VAT numbers',
    pattern: /^DE[ ]?\d{9}$/i,
    check: deVat,
    chance: 0.1,
    entity: 'vatNumber',
    headers: [
      'ust id',
      'ustid',
      'ust idnr',
      'umsatzsteuer id',
      'vat',
      'vat number',
      'vat id',
      'umsatzsteuer*',
    ],
  },
  {
    id: 'fr.tva',
    title: 'French VAT numbers',
    pattern: /^FR[ ]?[A-HJ-NP-Z0-9]{2}[ ]?\d{9}$/i,
    check: frTva,
    chance: 0.005,
    entity: 'vatNumber',
    headers: ['tva', 'numero tva', 'vat', 'vat number'],
  },
  {
    id: 'it.iva',
    title: 'Italian VAT numbers',
    pattern: /^(IT)?[ ]?\d{11}$/i,
    check: itIva,
    chance: 0.02,
    entity: 'vatNumber',
    headers: ['partita iva', 'piva', 'p iva', 'vat', 'vat number'],
  },
  {
    id: 'es.cif',
    title: 'Spanish company tax numbers (CIF)',
    pattern: /^(ES)?[ABCDEFGHJNPQRSUVW]-?\d{7}-?[\dA-J]$/i,
    check: esCif,
    chance: 0.1,
    entity: 'vatNumber',
    headers: ['cif', 'nif', 'vat'],
  },
  {
    id: 'nl.btw',
    title: 'Dutch VAT numbers',
    pattern: /^(NL)?[ ]?\d{9}B\d{2}$/i,
    check: nlBtw,
    chance: 0.1,
    entity: 'vatNumber',
    headers: ['btw', 'btw nummer', 'vat', 'vat number'],
  },
  {
    id: 'be.vat',
    title: 'Belgian VAT numbers',
    pattern: /^(BE)[ ]?[01]?\d{3}\.?\d{3}\.?\d{3}$/i,
    check: beVat,
    chance: 0.015,
    entity: 'vatNumber',
    headers: ['btw', 'tva', 'vat', 'ondernemingsnummer', 'vat number'],
  },
  {
    id: 'at.uid',
    title: 'Austrian VAT numbers',
    pattern: /^ATU\d{8}$/i,
    check: atUid,
    chance: 0.1,
    entity: 'vatNumber',
    headers: ['uid', 'ust id', 'vat', 'vat number'],
  },
  {
    id: 'pl.nip',
    title: 'Polish tax numbers (NIP)',
    pattern: /^(PL)?[ ]?\d{3}-?\d{3}-?\d{2}-?\d{2}$/i,
    check: plNip,
    chance: 0.1,
    entity: 'vatNumber',
    alone: 0.6,
    headers: ['nip', 'vat'],
  },
  {
    id: 'ch.uid',
    title: 'Swiss company numbers (UID)',
    pattern: /^CHE[ -]?\d{3}\.?\d{3}\.?\d{3}$/i,
    check: chUid,
    chance: 0.1,
    entity: 'companyId',
    headers: ['uid', 'che', 'mwst', 'unternehmens*'],
  },
  {
    id: 'fr.siren',
    title: 'French company numbers (SIREN)',
    pattern: /^\d{3}[ ]?\d{3}[ ]?\d{3}$/,
    check: frSiren,
    chance: 0.1,
    width: 9,
    entity: 'companyId',
    alone: 0.7,
    headers: ['siren'],
  },
  {
    id: 'fr.siret',
    title: 'French establishment numbers (SIRET)',
    pattern: /^\d{3}[ ]?\d{3}[ ]?\d{3}[ ]?\d{5}$/,
    check: frSiret,
    chance: 0.1,
    width: 14,
    entity: 'companyId',
    alone: 0.7,
    headers: ['siret'],
  },
  {
    id: 'br.cnpj',
    title: 'Brazilian company numbers (CNPJ)',
    pattern: /^\d{2}\.?\d{3}\.?\d{3}\/?\d{4}-?\d{2}$/,
    check: brCnpj,
    chance: 0.012,
    width: 14,
    entity: 'companyId',
    headers: ['cnpj'],
  },
  {
    id: 'au.abn',
    title: 'Australian business numbers (ABN)',
    pattern: /^\d{2}[ ]?\d{3}[ ]?\d{3}[ ]?\d{3}$/,
    check: auAbn,
    chance: 0.015,
    entity: 'companyId',
    headers: ['abn', 'business number'],
  },
  {
    id: 'au.acn',
    title: 'Australian company numbers (ACN)',
    pattern: /^\d{3}[ ]?\d{3}[ ]?\d{3}$/,
    check: auAcn,
    chance: 0.105,
    width: 9,
    entity: 'companyId',
    alone: 0.6,
    headers: ['acn', 'company number'],
  },
  {
    id: 'in.gstin',
    title: 'Indian GST numbers (GSTIN)',
    pattern: /^\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]$/i,
    check: inGstin,
    chance: 0.03,
    entity: 'companyId',
    headers: ['gstin', 'gst', 'gst number'],
  },
  {
    id: 'no.orgnr',
    title: 'Norwegian organisation numbers',
    pattern: /^[89]\d{2}[ ]?\d{3}[ ]?\d{3}$/,
    check: noOrgnr,
    chance: 0.09,
    entity: 'companyId',
    alone: 0.7,
    headers: ['orgnr', 'organisasjonsnummer', 'org nr'],
  },
  {
    id: 'dk.cvr',
    title: 'Danish company numbers (CVR)',
    pattern: /^(DK)?[ ]?[1-9]\d{7}$/i,
    check: dkCvr,
    chance: 0.1,
    entity: 'companyId',
    alone: 0.5,
    headers: ['cvr', 'cvr nr'],
  },
  {
    id: 'fi.ytunnus',
    title: 'Finnish business identifiers',
    pattern: /^\d{7}-\d$/,
    check: fiYtunnus,
    chance: 0.09,
    entity: 'companyId',
    headers: ['y tunnus', 'ytunnus', 'business id'],
  },
  {
    id: 'cn.uscc',
    title: 'Chinese social credit codes',
    pattern: /^[0-9A-Z]{2}\d{6}[0-9A-Z]{10}$/,
    check: cnUscc,
    chance: 0.04,
    entity: 'companyId',
    alone: 0.7,
    headers: ['uscc', '统一社会信用代码', 'social credit code'],
  },
];

/** Numbers of organisations: recognised so that they are not taken for persons' numbers. */
export const companyNumbers: readonly Detector[] = rows.map(numberDetector);
