// Prints the ratios that the project holds itself to, each measured and compared within this one run.
import { decisionFigures } from './decisions.ts';
import { type Figure, formatFigure, reached } from './ratio.ts';

const GROUPS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  decisions: decisionFigures,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in GROUPS));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(', ')}; there are: ${Object.keys(GROUPS).join(', ')}`);
  process.exit(2);
}
let missed = 0;
for (const [name, measure] of Object.entries(GROUPS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n${name}`);
  for (const figure of await measure()) {
    console.log(formatFigure(figure));
    if (reached(figure) === false) missed += 1;
  }
}
console.log(
  missed === 0
    ? '\nevery bound was reached'
    : `\n${missed} bound(s) were not reached on this machine, in this run`,
);
