/** Short, friendly and easy to tell apart when read aloud; none longer than eight letters. */
const adjectives = (
  'amber bold brave brisk bright calm clear clever cosy crisp curious daring deft eager early easy fair ' +
  'fleet fond fresh gentle glad golden grand happy hardy honest humble keen kind lively loyal lucid lucky ' +
  'merry mild modest neat nimble noble odd patient plain polite proud quick quiet rapid ready robust rosy ' +
  'serene sharp shy silent silver sleek smart snug solid steady still subtle sunny swift tidy vivid warm wise'
).split(' ');

const nouns = (
  'alder ant badger bear beaver beech birch bison cedar crane cricket deer dove eagle egret elk falcon fern ' +
  'ferret finch fox gecko gibbon goose grouse hare hawk hazel heron ibex ibis jay kestrel kite koala lark ' +
  'lemur linnet lion lynx magpie maple marmot marten mole moth newt oak oriole osprey otter owl panda ' +
  'penguin pine plover puffin quail rabbit raven robin rook rowan salmon seal shrew siskin sparrow spruce ' +
  'stork swan swift tapir tern thrush toad trout turtle vole walrus weasel whale willow wombat wren yak'
).split(' ');

/**
 * An adjective and a noun that `isTaken` does not know; after some tries with a number behind.
 * At most 20 characters, MLflow's limit for names it invents.
 */
export function inventRunName(
  isTaken: (name: string) => boolean,
  random: () => number = Math.random,
): string {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const name = pair(random);
    if (!isTaken(name)) {
      return name;
    }
  }
  for (;;) {
    const name = `${pair(random)}-${2 + Math.floor(random() * 998)}`;
    if (name.length <= 20 && !isTaken(name)) {
      return name;
    }
  }
}

function pair(random: () => number): string {
  return `${pick(adjectives, random)}-${pick(nouns, random)}`;
}

function pick(words: readonly string[], random: () => number): string {
  return words[Math.floor(random() * words.length)]!;
}
