// Makes data/penguins.csv: the Palmer penguins as published, from the `vega-datasets` package of this repository.
// Nothing is cleaned: missing measurements stay empty cells, and one penguin's sex is a dot, as in the source.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const source = new URL('../../node_modules/vega-datasets/data/penguins.json', import.meta.url);

const columns = {
  species: 'Species',
  island: 'Island',
  beak_length_mm: 'Beak Length (mm)',
  beak_depth_mm: 'Beak Depth (mm)',
  flipper_length_mm: 'Flipper Length (mm)',
  body_mass_g: 'Body Mass (g)',
  sex: 'Sex',
};

export async function preparePenguins(file = path.join(import.meta.dirname, 'data', 'penguins.csv')) {
  const penguins = JSON.parse(await readFile(source, 'utf8'));
  const rows = penguins.map((penguin) => Object.values(columns).map((name) => penguin[name] ?? ''));
  const lines = [Object.keys(columns), ...rows].map((cells) => `${cells.join(',')}\n`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, lines.join(''));
  return { file, rows: rows.length };
}

if (process.argv[1] === import.meta.filename) {
  const { file, rows } = await preparePenguins(process.argv[2]);
  console.log(`${file}: ${rows} penguins`);
}
