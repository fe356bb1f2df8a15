import type { ColumnContext } from '../columnContext.ts';
import type { Detector } from '../detector.ts';
import { findPhrase, withoutAccents } from '../header.ts';
import { cities } from '../words/cities.ts';
import { countryOf } from '../words/countries.ts';

const latitudeHeaders = ['lat', 'latitude', 'breitengrad', 'latitud', 'latitudine', 'geo lat', 'y coord'];
const longitudeHeaders = [
  'lon',
  'lng',
  'long',
  'longitude',
  'langengrad',
  'longitud',
  'longitudine',
  'geo lon',
  'x coord',
];
const addressHeaders = [
  'address',
  'street',
  'street address',
  'addr',
  'home address',
  'address line',
  'adresse',
  'anschrift',
  'strasse',
  'str',
  'wohnort adresse',
  'rue',
  'direccion',
  'calle',
  'domicilio',
  'indirizzo',
  'via',
  'endereco',
  'rua',
  'adres',
  'straat',
  'gata',
  'ulica',
  'residence',
];
const notStreets = [
  'ip',
  'mac',
  'email',
  'mail',
  'web',
  'wallet',
  'url',
  'memory',
  'type',
  'id',
  'country',
  'state',
  'city',
];
const cityHeaders = [
  'city',
  'town',
  'place',
  'municipality',
  'village',
  'stadt',
  'ort',
  'wohnort',
  'gemeinde',
  'ville',
  'commune',
  'ciudad',
  'municipio',
  'localidad',
  'citta',
  'comune',
  'cidade',
  'plaats',
  'woonplaats',
  'stad',
  'miasto',
  'birthplace',
  'place of birth',
  'geburtsort',
  'lieu naissance',
];
const regionHeaders = [
  'state',
  'region',
  'province',
  'county',
  'district',
  'bundesland',
  'kanton',
  'canton',
  'departement',
  'provincia',
  'comunidad',
  'estado',
  'regione',
  'provincie',
  'neighborhood',
  'neighbourhood',
  'borough',
];
export const countryHeaders = [
  'country',
  'nation',
  'nationality',
  'native country',
  'citizenship',
  'country of birth',
  'birth country',
  'country code',
  'land',
  'staatsangehorigkeit',
  'nationalitat',
  'herkunftsland',
  'pays',
  'nationalite',
  'pais',
  'nacionalidad',
  'paese',
  'nazionalita',
  'nacionalidade',
  'nationaliteit',
];
const postcodeHeaders = [
  'zip',
  'zipcode',
  'zip code',
  'zip 5',
  'postcode',
  'post code',
  'postal',
  'postal code',
  'postalcode',
  'plz',
  'postleitzahl',
  'code postal',
  'codigo postal',
  'cp',
  'cap',
  'cep',
  'postnummer',
  'postnr',
  'kod pocztowy',
  'psc',
  'pin code',
  'pincode',
];
const streetType =
  /\b(street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|boulevard|blvd|court|ct|way|place|pl|square|sq|terrace|close|highway|hwy|parkway|pkwy|circle|cir|trail|crescent|rue|allee|chemin|impasse|quai|calle|avenida|avda|plaza|paseo|via|viale|piazza|corso|rua|travessa|ulica|ul|plac)\b|(strasse|str\.|str\b|weg|gasse|platz|allee|ring|damm|ufer|straat|laan|plein|gracht|kade|gatan|vagen|veien|gata|katu|tie)\b/;
const usStates =
  /^(A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]|PR)$/;

/** What is in a column of states that are no land. */
const stateOfThings =
  /^(open|closed|pending|active|inactive|new|done|on|off|true|false|yes|no|failed|success|successful|running|completed|cancelled|live|error|ok|idle|ready)$/i;

/** Addresses and places. */
export const placeDetectors: readonly Detector[] = [
  {
    id: 'address',
    entity: 'address',
    title: 'street addresses',
    kinds: ['text'],
    pattern: /^(?=.*\d)(?=.*\p{L}{2}).{6,200}$/su,
    valid: (value) => value.includes(' ') && streetType.test(withoutAccents(value)),
    chance: 0.02,
    coverage: 0.75,
    alone: 0.8,
    headers: addressHeaders,
    otherHeaders: notStreets,
  },
  {
    id: 'address.header',
    entity: 'address',
    title: 'street addresses',
    kinds: ['text'],
    pattern: /^(?=.*\p{L}{3}).{4,200}$/su,
    column: ({ distinctCount }) => distinctCount > 5,
    chance: 0,
    alone: 0,
    withHeader: 0.85,
    headers: addressHeaders,
    otherHeaders: [...notStreets, 'type', 'status'],
  },
  {
    id: 'city',
    entity: 'city',
    title: 'cities',
    kinds: ['text'],
    pattern: /^\p{L}[\p{L} .'’()/-]{1,40}$/u,
    valid: (value) => cities.has(withoutAccents(value)),
    chance: 0.03,
    coverage: 0.45,
    alone: 0.85,
    headers: cityHeaders,
  },
  {
    id: 'city.header',
    entity: 'city',
    title: 'cities or towns',
    kinds: ['text'],
    pattern: /^\p{L}[\p{L}\d .,'’()/-]{1,50}$/u,
    chance: 0,
    alone: 0,
    withHeader: 0.88,
    headers: cityHeaders,
    otherHeaders: ['of', 'holder', 'order'],
  },
  {
    id: 'us.state',
    entity: 'region',
    title: 'US states',
    kinds: ['text'],
    pattern: usStates,
    column: ({ distinctCount }) => distinctCount >= 5,
    chance: 0.08,
    alone: 0.7,
    headers: regionHeaders,
  },
  {
    id: 'region',
    entity: 'region',
    title: 'regions',
    kinds: ['text', 'integer'],
    pattern: /^[\p{L}\d][\p{L}\d .'’()/-]{0,50}$/u,
    column: ({ distinctRatio }) => distinctRatio < 0.9,
    chance: 0,
    alone: 0,
    withHeader: 0.75,
    valid: (value) => !stateOfThings.test(value),
    headers: regionHeaders,
    otherHeaders: ['order', 'machine', 'transaction', 'ticket', 'solid'],
  },
  {
    id: 'country',
    entity: 'country',
    title: 'countries',
    kinds: ['text'],
    pattern: /^\p{L}[\p{L} .,'’()&_-]{1,50}$/u,
    // Every fourth pair of letters is the code of a country.
    column: ({ meanLength, header }) => meanLength > 2.5 || findPhrase(header, countryHeaders) !== undefined,
    valid: (value) => countryOf(value) !== undefined,
    chance: 0.1,
    coverage: 0.9,
    alone: 0.85,
    headers: countryHeaders,
  },
  {
    id: 'country.header',
    entity: 'country',
    title: 'countries or nationalities',
    kinds: ['text'],
    pattern: /^\p{L}[\p{L} .,'’()&_-]{1,50}$/u,
    chance: 0,
    alone: 0,
    withHeader: 0.8,
    headers: countryHeaders,
    otherHeaders: ['use', 'area', 'cover'],
  },
  {
    id: 'gb.postcode',
    entity: 'postcode',
    title: 'UK postcodes',
    kinds: ['text'],
    pattern:
      /^([A-PR-UWYZ]\d[A-HJKPSTUW\d]?|[A-PR-UWYZ][A-HK-Y]\d[ABEHMNPRVWXY\d]?) ?\d[ABD-HJLNP-UW-Z]{2}$/i,
    chance: 0.01,
    alone: 0.88,
    headers: postcodeHeaders,
  },
  {
    id: 'ca.postcode',
    entity: 'postcode',
    title: 'Canadian postal codes',
    kinds: ['text'],
    pattern: /^[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d$/i,
    chance: 0.01,
    alone: 0.88,
    headers: postcodeHeaders,
  },
  {
    id: 'postcode',
    entity: 'postcode',
    title: 'postal codes',
    pattern: /^([A-Z]{1,2}-)?\d{3,6}([- ]\d{2,4})?( ?[A-Z]{2})?$/i,
    column: ({ distinctCount }) => distinctCount > 2,
    chance: 0,
    alone: 0,
    withHeader: 0.93,
    headers: postcodeHeaders,
  },
  {
    id: 'coordinates.named',
    note: tellPrecision,
    entity: 'coordinates',
    title: 'geographic coordinates',
    kinds: ['decimal', 'text', 'integer'],
    pattern: /^[+-]?\d{1,3}([.,]\d+)?$/,
    column: isCoordinate,
    chance: 0,
    alone: 0,
    withHeader: 0.95,
    headers: [...latitudeHeaders, ...longitudeHeaders],
  },
  {
    id: 'coordinates.pair',
    entity: 'coordinates',
    title: 'pairs of latitude and longitude',
    kinds: ['text'],
    pattern:
      /^[([]?\s*[+-]?\d{1,2}\.\d{3,}°?\s*[,; ]\s*[+-]?\d{1,3}\.\d{3,}°?\s*[)\]]?$|^POINT ?\([-+\d. ]+\)$/i,
    chance: 0.01,
    alone: 0.93,
    headers: [
      'location',
      'coordinates',
      'coords',
      'geo',
      'gps',
      'latlng',
      'position',
      'geometry',
      'point',
      'koordinaten',
    ],
  },
];

/** Latitudes lie within ±90 and longitudes within ±180, and one never comes without the other. */
function isCoordinate({ header, siblings, numbers }: ColumnContext): boolean {
  const isLatitude = findPhrase(header, latitudeHeaders) !== undefined;
  const partners = isLatitude ? longitudeHeaders : latitudeHeaders;
  const limit = isLatitude ? 90 : 180;
  const values = numbers();
  return (
    siblings.some((sibling) => findPhrase(sibling, partners) !== undefined) &&
    values?.every((value) => Math.abs(value) <= limit) === true
  );
}

/** One decimal is eleven kilometres, and each further one a tenth of it. */
function tellPrecision({ values }: ColumnContext): string | undefined {
  const precise = values.filter((value) => /[.,]\d{4}/.test(value)).length;
  return precise * 2 > values.length
    ? 'Most have four decimals or more: eleven metres, which is one house.'
    : undefined;
}
