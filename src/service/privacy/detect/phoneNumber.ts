import {
  type CountryCode,
  getCountries,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';

/** Whether a number exists in the plans of the region, or of the country code that it begins with. */
export function isPhoneNumber(value: string, region: string | undefined): boolean {
  const country = region !== undefined && isSupportedCountry(region) ? (region as CountryCode) : undefined;
  if (country === undefined && !value.startsWith('+')) {
    return false;
  }
  return parsePhoneNumberFromString(value, { defaultCountry: country, extract: false })?.isValid() ?? false;
}

/** Two-letter codes of all countries and territories with telephones. */
export function countryCodes(): readonly string[] {
  return getCountries();
}
