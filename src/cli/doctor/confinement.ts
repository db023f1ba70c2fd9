// How strongly a run would be confined here, tried anew: the probes of the self-test, in a jail like any run's.
import { accessSync, constants } from 'node:fs';
import { temporaryFolder } from '../../config/entry.ts';
import { visibleLine } from '../../core/visible-text.ts';
import { type SelfTest, tryAnew } from '../../runner/entry.ts';
import type { Output } from '../output.ts';
import type { Project } from '../project.ts';
import { foldedParts } from '../show/folded-words.ts';
import { plural } from '../show/words.ts';
import { outputWidth } from '../terminal.ts';
import { type Finding, ok, worthKnowing } from './finding.ts';

export function tryConfinement(project: Project | null): Promise<SelfTest> {
  const dir = project?.state.dir;
  return tryAnew(dir !== undefined && isWritable(dir) ? dir : temporaryFolder(), process.env);
}

function isWritable(dir: string): boolean {
  try {
    accessSync(dir, constants.W_OK);
    return true;
  } catch {
    // Not made yet, or another user's: the findings on the state say so.
    return false;
  }
}

export function confinementFinding(found: SelfTest): Finding {
  if (found.tier === 'advisory')
    return worthKnowing('confinement', `advisory: ${found.why ?? 'no reason was given'}`, found.hint);
  return ok(
    'confinement',
    `confined: ${plural(found.probes.length, 'attempt')} to escape, all held; the jail is made by ${found.bwrap}`,
  );
}

/** What was tried, by kind: where it did not hold, each attempt with what it found. */
export function tellAttempts(output: Output, { probes }: SelfTest): void {
  const { paint } = output;
  const kinds = new Map<string, { tried: number; held: number }>();
  for (const { id, outcome } of probes) {
    const kind = id.split('.')[0] ?? id;
    const { tried, held } = kinds.get(kind) ?? { tried: 0, held: 0 };
    kinds.set(kind, { tried: tried + 1, held: held + (outcome === 'held' ? 1 : 0) });
  }
  const counts = [...kinds].map(([kind, { tried, held }]) => `${kind} ${held}/${tried}`);
  if (counts.length > 0) {
    const [first = '', ...others] = counts;
    output.line(paint.dim(foldedParts([`  held of tried: ${first}`, ...others], outputWidth())));
  }
  for (const { id, what, outcome, detail } of probes) {
    if (outcome === 'held') continue;
    const word = outcome === 'unclear' ? paint.yellow('unclear') : paint.red('escaped');
    output.line(`  ${word} ${id.padEnd(28)} ${visibleLine(what)} ${paint.dim(visibleLine(detail))}`);
  }
}
