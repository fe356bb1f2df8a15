// The same as train.py in JavaScript: tells the species of a penguin from four measurements.
// Needs only Node.js: softmax regression, trained by mini-batch gradient descent.
import { readFileSync } from 'node:fs';

// The Workbench makes this module importable; in plain `node train.mjs` the figures are printed and kept nowhere.
const tracker = await import('mlops-workbench').catch(() => undefined);

const measurements = ['beak_length_mm', 'beak_depth_mm', 'flipper_length_mm', 'body_mass_g'];
const species = ['Adelie', 'Chinstrap', 'Gentoo'];
const validationShare = 0.3;

const parameters = readParameters(process.env.MLOPS_PARAMS || new URL('params.yaml', import.meta.url));
const random = randomNumbers(Number(parameters.seed));
const penguins = shuffled(readPenguins(new URL('data/penguins.csv', import.meta.url)));
const heldOut = Math.round(penguins.length * validationShare);
const scaling = measurements.map((_, column) => measureScaling(penguins.slice(heldOut), column));
const validation = penguins.slice(0, heldOut).map(scaled);
const training = penguins.slice(heldOut).map(scaled);
const weights = species.map(() => new Array(measurements.length + 1).fill(0));
console.log(`${training.length} penguins to learn from, ${validation.length} to check against`);

tracker?.startRun();
tracker?.logParams(parameters);
const epochs = Number(parameters.epochs);
for (let epoch = 1; epoch <= epochs; epoch += 1) {
  const loss = trainOnce();
  const figures = { loss, accuracy: accuracy(training), validation_accuracy: accuracy(validation) };
  tracker?.logMetrics(figures, epoch);
  if (epoch === 1 || epoch % 100 === 0 || epoch === epochs) {
    const texts = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(4)}`);
    console.log(`epoch ${String(epoch).padStart(4)}  ${texts.join('  ')}`);
  }
}
const counts = species.map(() => species.map(() => 0));
for (const { inputs, label } of validation) {
  counts[label][predict(inputs)] += 1;
}
tracker?.logDict({ species, rows_are: 'true species', counts }, 'confusion_matrix.json');
tracker?.logDict({ kind: 'softmax regression', measurements, species, scaling, weights }, 'model.json');
tracker?.setTags({ model: 'softmax regression', rows: penguins.length });
tracker?.endRun();

/** Goes through the training rows once and answers their mean loss. */
function trainOnce() {
  const [rate, l2, size] = ['learning_rate', 'l2', 'batch_size'].map((name) => Number(parameters[name]));
  const rows = shuffled(training);
  let total = 0;
  for (let start = 0; start < rows.length; start += size) {
    const batch = rows.slice(start, start + size);
    const misses = batch.map(({ inputs, label }) => {
      const found = chances(inputs);
      total -= Math.log(Math.max(found[label], 1e-12));
      return found.map((chance, index) => chance - (index === label ? 1 : 0));
    });
    for (const [index, row] of weights.entries()) {
      row.forEach((weight, column) => {
        const slope = batch.reduce((sum, { inputs }, at) => sum + misses[at][index] * inputs[column], 0);
        const shrink = column === measurements.length ? 0 : l2 * weight;
        row[column] -= rate * (slope / batch.length + shrink);
      });
    }
  }
  return total / rows.length;
}

/** Of each species: softmax, with the highest score subtracted so that no power overflows. */
function chances(inputs) {
  const scores = weights.map((row) => row.reduce((sum, weight, at) => sum + weight * inputs[at], 0));
  const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
  const total = powers.reduce((sum, power) => sum + power);
  return powers.map((power) => power / total);
}

function predict(inputs) {
  const found = chances(inputs);
  return found.indexOf(Math.max(...found));
}

function accuracy(rows) {
  return rows.filter(({ inputs, label }) => predict(inputs) === label).length / rows.length;
}

/** Only penguins that were measured at all. */
function readPenguins(file) {
  const [header, ...rows] = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const columns = measurements.map((name) => header.indexOf(name));
  return rows
    .filter((row) => columns.every((column) => row[column] !== ''))
    .map((row) => ({ inputs: columns.map((at) => Number(row[at])), label: species.indexOf(row[0]) }));
}

function measureScaling(rows, column) {
  const mean = rows.reduce((sum, { inputs }) => sum + inputs[column], 0) / rows.length;
  const variance = rows.reduce((sum, { inputs }) => sum + (inputs[column] - mean) ** 2, 0) / rows.length;
  return { mean, deviation: Math.sqrt(variance) };
}

/** Every measurement in standard deviations from its mean, and a 1 for the bias. */
function scaled({ inputs, label }) {
  const scale = (value, at) => (value - scaling[at].mean) / scaling[at].deviation;
  return { inputs: [...inputs.map(scale), 1], label };
}

function shuffled(rows) {
  return rows
    .map((row) => ({ row, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ row }) => row);
}

/** A linear congruential generator: Math.random cannot be seeded. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Flat YAML: `name: value  # comment`. */
function readParameters(file) {
  const lines = readFileSync(file, 'utf8').matchAll(/^(\w+):\s*([^\s#]+)/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
}
