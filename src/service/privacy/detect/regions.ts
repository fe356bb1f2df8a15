import { columnKind } from './columnContext.ts';
import { countryHeaders } from './families/place.ts';
import type { SampledColumn } from './findings.ts';
import { findPhrase, readHeader } from './header.ts';
import { countryOf } from './words/countries.ts';

/** Words that only headers of one language have, with the countries to expect. */
const languageWords: readonly { readonly words: readonly string[]; readonly regions: readonly string[] }[] = [
  {
    words: [
      'vorname',
      'nachname',
      'telefon',
      'telefonnummer',
      'strasse',
      'plz',
      'geburtsdatum',
      'handynummer',
      'rufnummer',
      'geschlecht',
    ],
    regions: ['DE', 'AT', 'CH'],
  },
  {
    words: ['prenom', 'nom', 'telephone', 'adresse', 'ville', 'code postal', 'portable'],
    regions: ['FR', 'BE'],
  },
  {
    words: ['apellido', 'apellidos', 'telefono', 'direccion', 'ciudad', 'movil', 'nombre', 'celular'],
    regions: ['ES', 'MX', 'AR'],
  },
  { words: ['cognome', 'indirizzo', 'citta', 'cellulare'], regions: ['IT'] },
  { words: ['sobrenome', 'endereco', 'cidade', 'cpf'], regions: ['BR', 'PT'] },
  { words: ['achternaam', 'telefoon', 'woonplaats', 'voornaam'], regions: ['NL', 'BE'] },
];
const usual = ['US', 'GB', 'DE', 'FR'];
const mostRegions = 6;

/**
 * Countries whose telephone numbers to expect in a table: those of its columns of countries, then those of the
 * language of its headers, then some usual ones. Two-letter codes.
 */
export function expectedRegions(columns: readonly SampledColumn[]): readonly string[] {
  const headers = columns.map(({ name }) => readHeader(name));
  const named = columns
    .filter(
      ({ type }, index) =>
        columnKind(type) === 'text' && findPhrase(headers[index]!, countryHeaders) !== undefined,
    )
    .flatMap(({ values }) => values.slice(0, 50).map(countryOf))
    .filter((code) => code !== undefined);
  const spoken = languageWords
    .filter(({ words }) => headers.some((header) => findPhrase(header, words) !== undefined))
    .flatMap(({ regions }) => regions);
  const own = [...new Set([...named, ...spoken])];
  return own.length > 0 ? own.slice(0, mostRegions) : usual;
}
