import { validate as atVnr } from 'stdnum/lib/cjs/at/vnr.js';
import { validate as beNn } from 'stdnum/lib/cjs/be/nn.js';
import { validate as bgEgn } from 'stdnum/lib/cjs/bg/egn.js';
import { validate as chSsn } from 'stdnum/lib/cjs/ch/ssn.js';
import { validate as czRc } from 'stdnum/lib/cjs/cz/rc.js';
import { validate as deIdnr } from 'stdnum/lib/cjs/de/idnr.js';
import { validate as dePwnr } from 'stdnum/lib/cjs/de/pwnr.js';
import { validate as deSvnr } from 'stdnum/lib/cjs/de/svnr.js';
import { validate as dkCpr } from 'stdnum/lib/cjs/dk/cpr.js';
import { validate as eeIk } from 'stdnum/lib/cjs/ee/ik.js';
import { validate as esDni } from 'stdnum/lib/cjs/es/dni.js';
import { validate as esNie } from 'stdnum/lib/cjs/es/nie.js';
import { validate as esNss } from 'stdnum/lib/cjs/es/nss.js';
import { validate as fiHetu } from 'stdnum/lib/cjs/fi/hetu.js';
import { validate as frNif } from 'stdnum/lib/cjs/fr/nif.js';
import { validate as frNir } from 'stdnum/lib/cjs/fr/nir.js';
import { validate as gbNino } from 'stdnum/lib/cjs/gb/nino.js';
import { validate as gbUtr } from 'stdnum/lib/cjs/gb/utr.js';
import { validate as grAmka } from 'stdnum/lib/cjs/gr/amka.js';
import { validate as hrOib } from 'stdnum/lib/cjs/hr/oib.js';
import { validate as iePps } from 'stdnum/lib/cjs/ie/pps.js';
import { validate as isKennitala } from 'stdnum/lib/cjs/is/kennitala.js';
import { validate as itCodicefiscale } from 'stdnum/lib/cjs/it/codicefiscale.js';
import { validate as ltAsmens } from 'stdnum/lib/cjs/lt/asmens.js';
import { validate as nlBsn } from 'stdnum/lib/cjs/nl/bsn.js';
import { validate as noFodselsnummer } from 'stdnum/lib/cjs/no/fodselsnummer.js';
import { validate as plPesel } from 'stdnum/lib/cjs/pl/pesel.js';
import { validate as ptCc } from 'stdnum/lib/cjs/pt/cc.js';
import { validate as ptNif } from 'stdnum/lib/cjs/pt/nif.js';
import { validate as roCnp } from 'stdnum/lib/cjs/ro/cnp.js';
import { validate as rsJmbg } from 'stdnum/lib/cjs/rs/jmbg.js';
import { validate as ruInn } from 'stdnum/lib/cjs/ru/inn.js';
import { validate as sePersonnummer } from 'stdnum/lib/cjs/se/personnummer.js';
import { validate as trTckimlik } from 'stdnum/lib/cjs/tr/tckimlik.js';
import { validate as uaRntrc } from 'stdnum/lib/cjs/ua/rntrc.js';
import type { Detector } from '../../detector.ts';
import { type NumberRow, numberDetector } from './numberRow.ts';

// Each validator is imported from its own file: the package as a whole cannot be shaken.
const rows: readonly NumberRow[] = [
  {
    id: 'de.idnr',
    title: 'German tax identification numbers (IdNr)',
    pattern: /^[1-9]\d(?:[ ./-]?\d){9}$/,
    check: deIdnr,
    chance: 0.05,
    width: 11,
    entity: 'taxId',
    headers: ['steuer id', 'steueridentifikationsnummer', 'idnr', 'tax id', 'steuernummer', 'tin'],
  },
  {
    id: 'de.svnr',
    title: 'German pension insurance numbers (RVNR)',
    pattern: /^\d{2}[ ]?\d{6}[ ]?[A-Z][ ]?\d{3}$/i,
    check: deSvnr,
    chance: 0.01,
    headers: [
      'rvnr',
      'svnr',
      'sozialversicherungsnummer',
      'rentenversicherungsnummer',
      'versicherungsnummer',
    ],
  },
  {
    id: 'de.pwnr',
    title: 'German identity card numbers',
    pattern: /^[CFGHJKLMNPRTVWXYZ0-9]{9}\d(D?)$/,
    check: dePwnr,
    chance: 0.1,
    alone: 0.5,
    headers: ['ausweisnummer', 'personalausweis', 'ausweis', 'ausweisnr', 'id card'],
  },
  {
    id: 'fr.nir',
    title: 'French social security numbers (NIR)',
    pattern: /^[1-478](?:[ ]?\d){4}[ ]?(?:\d{2}|2[AB])(?:[ ]?\d){8}$/i,
    check: frNir,
    chance: 0.01,
    width: 15,
    headers: ['nir', 'insee', 'numero de securite sociale', 'securite sociale', 'secu', 'num secu'],
  },
  {
    id: 'fr.nif',
    title: 'French tax numbers (NIF)',
    pattern: /^[0-3]\d(?:[ ]?\d){11}$/,
    check: frNif,
    chance: 0.002,
    width: 13,
    entity: 'taxId',
    headers: ['numero fiscal', 'spi', 'nif', 'fiscal'],
  },
  {
    id: 'es.dni',
    title: 'Spanish identity numbers (DNI)',
    pattern: /^\d{8}[- ]?[A-Z]$/i,
    check: esDni,
    chance: 0.045,
    headers: ['dni', 'nif', 'documento', 'identidad', 'documento identidad'],
  },
  {
    id: 'es.nie',
    title: 'Spanish numbers of foreigners (NIE)',
    pattern: /^[XYZ][- ]?\d{7}[- ]?[A-Z]$/i,
    check: esNie,
    chance: 0.045,
    headers: ['nie', 'nif', 'dni', 'extranjero', 'documento'],
  },
  {
    id: 'es.nss',
    title: 'Spanish social security numbers',
    pattern: /^\d{2}[/ -]?\d{8}[/ -]?\d{2}$/,
    check: esNss,
    chance: 0.012,
    width: 12,
    headers: ['nss', 'seguridad social', 'numero seguridad social'],
  },
  {
    id: 'it.codicefiscale',
    title: 'Italian tax codes (codice fiscale)',
    pattern: /^[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]$/i,
    check: itCodicefiscale,
    chance: 0.04,
    headers: ['codice fiscale', 'codicefiscale', 'cf', 'cod fiscale'],
  },
  {
    id: 'pt.nif',
    title: 'Portuguese tax numbers (NIF)',
    pattern: /^[1-3]\d{8}$/,
    check: ptNif,
    chance: 0.1,
    entity: 'taxId',
    headers: ['nif', 'contribuinte', 'numero de contribuinte'],
  },
  {
    id: 'pt.cc',
    title: 'Portuguese citizen cards',
    pattern: /^\d{8}[ ]?\d[ ]?[A-Z0-9]{2}[ ]?\d$/i,
    check: ptCc,
    chance: 0.1,
    alone: 0.6,
    headers: ['cartao de cidadao', 'cc', 'cidadao', 'bi'],
  },
  {
    id: 'nl.bsn',
    title: 'Dutch citizen service numbers (BSN)',
    pattern: /^\d{4}[. ]?\d{2}[. ]?\d{3}$/,
    check: nlBsn,
    chance: 0.09,
    width: 9,
    headers: ['bsn', 'burgerservicenummer', 'sofinummer', 'sofi'],
  },
  {
    id: 'be.nn',
    title: 'Belgian national numbers',
    pattern: /^\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[. ]?\d{2}$/,
    check: beNn,
    chance: 0.003,
    width: 11,
    headers: [
      'rijksregisternummer',
      'rrn',
      'numero national',
      'registre national',
      'niss',
      'insz',
      'nn',
      'national number',
    ],
  },
  {
    id: 'ch.ssn',
    title: 'Swiss social security numbers (AHV)',
    pattern: /^756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}$/,
    check: chSsn,
    chance: 0.1,
    headers: ['ahv', 'avs', 'ahv nummer', 'ahvnr', 'sozialversicherungsnummer', 'numero avs'],
  },
  {
    id: 'at.vnr',
    title: 'Austrian insurance numbers',
    pattern: /^\d{4}[ -]?\d{6}$/,
    check: atVnr,
    chance: 0.005,
    width: 10,
    headers: ['versicherungsnummer', 'svnr', 'sozialversicherungsnummer', 'vsnr', 'sv nummer'],
  },
  {
    id: 'gb.nino',
    title: 'UK national insurance numbers',
    pattern: /^[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-D]$/i,
    check: gbNino,
    chance: 0.9,
    alone: 0.85,
    headers: ['nino', 'ni number', 'national insurance', 'ni no', 'national insurance number'],
  },
  {
    id: 'gb.utr',
    title: 'UK taxpayer references (UTR)',
    pattern: /^\d{5}[ ]?\d{5}K?$/i,
    check: gbUtr,
    chance: 0.1,
    entity: 'taxId',
    alone: 0.6,
    headers: ['utr', 'unique taxpayer reference', 'taxpayer reference', 'tax reference'],
  },
  {
    id: 'ie.pps',
    title: 'Irish personal service numbers (PPS)',
    pattern: /^\d{7}[A-W][A-IW]?$/i,
    check: iePps,
    chance: 0.045,
    headers: ['pps', 'ppsn', 'pps number', 'pps no'],
  },
  {
    id: 'pl.pesel',
    title: 'Polish PESEL numbers',
    pattern: /^\d{11}$/,
    check: plPesel,
    chance: 0.01,
    width: 11,
    headers: ['pesel'],
  },
  {
    id: 'se.personnummer',
    title: 'Swedish personal numbers',
    pattern: /^(\d{2})?\d{6}[-+]?\d{4}$/,
    check: (value) => sePersonnummer(value.replace(/^(\d{6,8})(\d{4})$/, '$1-$2')),
    chance: 0.006,
    headers: ['personnummer', 'pnr', 'person nr', 'personnr', 'personal number'],
  },
  {
    id: 'fi.hetu',
    title: 'Finnish personal identity codes',
    pattern: /^\d{6}[-+ABCDEFUVWXY]\d{3}[0-9A-FHJ-NPR-Y]$/,
    check: fiHetu,
    chance: 0.002,
    headers: ['hetu', 'henkilotunnus', 'personbeteckning', 'sotu'],
  },
  {
    id: 'dk.cpr',
    title: 'Danish CPR numbers',
    pattern: /^\d{6}[- ]?\d{4}$/,
    check: dkCpr,
    chance: 0.04,
    width: 10,
    headers: ['cpr', 'cpr nr', 'cpr nummer', 'personnummer', 'cprnr'],
  },
  {
    id: 'no.fodselsnummer',
    title: 'Norwegian birth numbers',
    pattern: /^\d{6}[ ]?\d{5}$/,
    check: noFodselsnummer,
    chance: 0.002,
    width: 11,
    headers: ['fodselsnummer', 'fnr', 'personnummer', 'birth number'],
  },
  {
    id: 'is.kennitala',
    title: 'Icelandic identity codes',
    pattern: /^[0-7]\d{5}-?\d{4}$/,
    check: isKennitala,
    chance: 0.009,
    width: 10,
    headers: ['kennitala', 'kt'],
  },
  {
    id: 'cz.rc',
    title: 'Czech and Slovak birth numbers',
    pattern: /^\d{6}[/ ]?\d{4}$/,
    check: czRc,
    chance: 0.015,
    headers: ['rodne cislo', 'rc', 'rodnecislo', 'birth number'],
  },
  {
    id: 'ro.cnp',
    title: 'Romanian personal codes (CNP)',
    pattern: /^[1-9]\d{12}$/,
    check: roCnp,
    chance: 0.003,
    headers: ['cnp', 'cod numeric personal'],
  },
  {
    id: 'bg.egn',
    title: 'Bulgarian citizen numbers (EGN)',
    pattern: /^\d{10}$/,
    check: bgEgn,
    chance: 0.1,
    width: 10,
    alone: 0.6,
    headers: ['egn', 'егн'],
  },
  {
    id: 'hr.oib',
    title: 'Croatian personal numbers (OIB)',
    pattern: /^\d{11}$/,
    check: hrOib,
    chance: 0.1,
    width: 11,
    headers: ['oib'],
  },
  {
    id: 'rs.jmbg',
    title: 'Citizen numbers of former Yugoslavia (JMBG)',
    pattern: /^[0-3]\d{12}$/,
    check: rsJmbg,
    chance: 0.004,
    width: 13,
    headers: ['jmbg', 'emso', 'embg', 'maticni broj'],
  },
  {
    id: 'ee.ik',
    title: 'Estonian personal codes',
    pattern: /^[1-6]\d{10}$/,
    check: eeIk,
    chance: 0.11,
    headers: ['isikukood', 'personal code', 'ik'],
  },
  {
    id: 'lt.asmens',
    title: 'Lithuanian personal codes',
    pattern: /^[1-6]\d{10}$/,
    check: ltAsmens,
    chance: 0.02,
    headers: ['asmens kodas', 'personal code', 'asmenskodas'],
  },
  {
    id: 'gr.amka',
    title: 'Greek social security numbers (AMKA)',
    pattern: /^[0-3]\d{10}$/,
    check: grAmka,
    chance: 0.02,
    width: 11,
    headers: ['amka'],
  },
  {
    id: 'tr.tckimlik',
    title: 'Turkish identity numbers',
    pattern: /^[1-9]\d{10}$/,
    check: trTckimlik,
    chance: 0.015,
    headers: ['tc', 'tckn', 'kimlik', 'tc kimlik', 'tc kimlik no', 'kimlik no'],
  },
  {
    id: 'ua.rntrc',
    title: 'Ukrainian taxpayer numbers',
    pattern: /^\d{10}$/,
    check: uaRntrc,
    chance: 0.105,
    width: 10,
    entity: 'taxId',
    alone: 0.6,
    headers: ['rntrc', 'ipn', 'inn', 'рнокпп', 'ипн', 'инн'],
  },
  {
    id: 'ru.inn',
    title: 'Russian taxpayer numbers (INN)',
    pattern: /^\d{12}$/,
    check: ruInn,
    chance: 0.01,
    width: 12,
    entity: 'taxId',
    headers: ['inn', 'инн'],
  },
];

/** National numbers of persons: Europe. */
export const europeanNumbers: readonly Detector[] = rows.map(numberDetector);
