// Looks at everything and tells it. Works outside of a project too, with less to look at.
import { InputError, OperationError } from '../../core/fault.ts';
import { visibleLine } from '../../core/visible-text.ts';
import { EXIT } from '../exit-code.ts';
import type { Output } from '../output.ts';
import { locateProject, type Project, type ProjectOptions } from '../project.ts';
import { foldedWords } from '../show/folded-words.ts';
import { outputWidth } from '../terminal.ts';
import { findAgentClis } from './agent-clis.ts';
import { lookAtClock } from './clock.ts';
import { confinementFinding, tellAttempts, tryConfinement } from './confinement.ts';
import type { Finding } from './finding.ts';
import { worthKnowing } from './finding.ts';
import { lookAtPort, lookAtSupervision } from './listeners.ts';
import { lookAtNode, lookAtStore } from './machine.ts';
import { lookAtOwnLogins } from './own-logins.ts';
import { lookAtPrograms } from './programs.ts';
import { lookAtProviders } from './providers.ts';
import { type Reach, reachOfAnAgent } from './reach.ts';
import { lookAtDisk, lookAtState } from './state-folder.ts';

const MARKS = { ok: '✓', warn: '!', fail: '✗' } as const;
/** Where what was found begins, and what an agent could do. */
const TEXT_COLUMN = 17;
const REACH_COLUMN = 10;

export async function runDoctor(options: ProjectOptions, output: Output): Promise<void> {
  const project = findProject(options);
  const findings: Finding[] = [lookAtNode(), await lookAtStore()];
  if (project instanceof Error) findings.push(worthKnowing('project', project.message, project.hint ?? null));
  else findings.push(...(await lookAtProject(project)));
  const place = project instanceof Error ? null : project;
  const found = await tryConfinement(place);
  findings.push(...(await findAgentClis()), confinementFinding(found));
  const reach = await reachOfAnAgent(place);
  output.data({
    ok: findings.every(({ state }) => state !== 'fail'),
    tier: found.tier,
    attempts_to_escape: found.probes,
    checks: findings,
    hostile_agent_of_this_user: reach,
  });
  for (const finding of findings) tell(output, finding);
  tellAttempts(output, found);
  tellReach(output, reach, found.tier);
  if (findings.some(({ state }) => state === 'fail')) process.exitCode = EXIT.failed;
}

/** The error when there is none. */
function findProject(options: ProjectOptions): Project | InputError | OperationError {
  try {
    return locateProject(options);
  } catch (error) {
    const isTold = error instanceof InputError || error instanceof OperationError;
    if (isTold && options.project === undefined) return error;
    throw error;
  }
}

async function lookAtProject(project: Project): Promise<readonly Finding[]> {
  return [
    ...lookAtState(project),
    await lookAtDisk(project),
    ...(await lookAtPort(project)),
    ...lookAtSupervision(project),
    lookAtClock(project),
    ...lookAtProviders(project, process.env),
    ...(await lookAtOwnLogins(project, process.env)),
    ...lookAtPrograms(project),
  ];
}

function tell(output: Output, finding: Finding): void {
  const { paint } = output;
  const colour = { ok: paint.green, warn: paint.yellow, fail: paint.red }[finding.state];
  const say = (text: string): void => output.line(foldedWords(text, outputWidth(), TEXT_COLUMN));
  say(`${colour(MARKS[finding.state])} ${finding.name.padEnd(14)} ${visibleLine(finding.detail)}`);
  if (finding.hint !== null) say(`${' '.repeat(TEXT_COLUMN)}${paint.dim(visibleLine(finding.hint))}`);
}

function tellReach(output: Output, reach: readonly Reach[], tier: 'confined' | 'advisory'): void {
  const { paint } = output;
  const say = (text: string, indent = 0): void => output.line(foldedWords(text, outputWidth(), indent));
  output.line();
  say(
    tier === 'confined'
      ? `${paint.bold('Tier: confined.')} An agent whose rules say [confine] mode = "off" runs as you. What such a one could do, tried just now:`
      : `${paint.bold('Tier: advisory.')} Agents run as you here, unconfined. What a hostile one could do, tried just now:`,
  );
  for (const { what, can, detail } of reach) {
    const word = can === null ? paint.dim('untried') : can ? paint.red('can    ') : paint.green('cannot ');
    say(`  ${word} ${what.padEnd(44)} ${paint.dim(visibleLine(detail))}`, REACH_COLUMN);
  }
  say(
    'So run unconfined only what you would also run without us, and keep heads of the record in another place (`audit head`).',
  );
}
