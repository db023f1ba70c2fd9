// Prints the ratios that the project holds itself to, each measured and compared within this one run. Names select some; --json
// prints them as data.
import { confineFigures } from './confine.ts';
import { decisionFigures } from './decisions.ts';
import { playRole, ROLE_VARIABLE } from './gateway/role.ts';
import { gatewayFigures } from './gateway.ts';
import { httpFigures } from './http.ts';
import { policyFigures } from './policy.ts';
import { type Figure, formatFigure, reached } from './ratio.ts';
import { readFigures } from './reads.ts';
import { simulateFigures } from './simulate.ts';
import { slowSyncFigures } from './slow-sync.ts';
import { demoFigures, startFigures } from './start.ts';
import { stopFigures } from './stop.ts';
import { watchdogPassFigures } from './watchdog-pass.ts';

const GROUPS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  policy: policyFigures,
  decisions: decisionFigures,
  'slow-sync': slowSyncFigures,
  reads: readFigures,
  simulate: simulateFigures,
  'watchdog-pass': watchdogPassFigures,
  http: httpFigures,
  gateway: gatewayFigures,
  start: startFigures,
  stop: stopFigures,
  confine: confineFigures,
  demo: demoFigures,
};

const role = process.env[ROLE_VARIABLE];
if (role !== undefined) {
  console.log(await playRole(role, process.argv[2] ?? ''));
  await new Promise(() => undefined);
}

const asked = process.argv.slice(2).filter((word) => word !== '--json');
const asJson = process.argv.includes('--json');
const unknown = asked.filter((name) => !(name in GROUPS));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(', ')}; there are: ${Object.keys(GROUPS).join(', ')}`);
  process.exit(2);
}
const all: Record<string, readonly Figure[]> = {};
let missed = 0;
for (const [name, measure] of Object.entries(GROUPS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  if (!asJson) console.log(`\n${name}`);
  const figures = await measure();
  all[name] = figures;
  for (const figure of figures) {
    if (!asJson) console.log(formatFigure(figure));
    if (reached(figure) === false) missed += 1;
  }
}
if (asJson) console.log(JSON.stringify(all, null, 2));
else {
  console.log(
    missed === 0
      ? '\nevery bound was reached'
      : `\n${missed} bound(s) were not reached on this machine, in this run`,
  );
}
