/**
 * The countries of the world as triples, from the npm package `world-countries` (data under ODbL): borders,
 * languages, currencies, regions, subregions, capitals, memberships, and which of two members of the United
 * Nations in one subregion lies further north.
 */
import worldCountries from "world-countries";

/** What this example reads of a country. (The package's own declarations do not fit its ES module.) */
interface Country {
  readonly cca3: string;
  readonly name: { readonly common: string };
  readonly region: string;
  readonly subregion: string;
  readonly borders: readonly string[];
  readonly languages: Readonly<Record<string, string>>;
  readonly currencies: Readonly<Record<string, { readonly name: string }>>;
  readonly capital: readonly string[];
  readonly unMember: boolean;
  readonly unRegionalGroup?: string;
  readonly latlng: readonly [latitude: number, longitude: number];
}

const countries = worldCountries as unknown as readonly Country[];

/** One fact: head, relation, tail. */
export type CountryTriple = readonly [head: string, relation: string, tail: string];

/**
 * All triples, in the order of the data. What shares a country's name without being it is kept apart by its
 * kind: "Djibouti (city)", "Tonga (language)", "Micronesia (region)".
 */
export function countryTriples(): CountryTriple[] {
  const countryNames = new Set(countries.map((country) => country.name.common));
  const apart = (name: string, kind: string): string => (countryNames.has(name) ? `${name} (${kind})` : name);
  const triples: CountryTriple[] = [];
  const add = (head: string, relation: string, tail: string | undefined): void => {
    if (tail) triples.push([head, relation, tail]);
  };
  for (const country of countries) {
    const name = country.name.common;
    for (const language of Object.values(country.languages)) add(name, "speaks", apart(language, "language"));
    for (const currency of Object.values(country.currencies)) add(name, "usesCurrency", currency.name);
    for (const city of country.capital) add(name, "hasCapital", apart(city, "city"));
    add(name, "inRegion", country.region);
    add(name, "inSubregion", apart(country.subregion, "region"));
    if (country.unMember) add(name, "memberOf", "United Nations");
    add(name, "memberOf", country.unRegionalGroup);
    for (const other of countries) {
      // The data have one border from one side only; a border has two.
      const border = country.borders.includes(other.cca3) || other.borders.includes(country.cca3);
      if (border) add(name, "borders", other.name.common);
      const together = country.subregion === other.subregion && country.unMember && other.unMember;
      if (together && country.latlng[0] > other.latlng[0]) add(name, "northOf", other.name.common);
    }
  }
  return triples;
}
