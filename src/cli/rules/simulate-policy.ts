// policy simulate: replays the recorded actions against the edited files of the project, or against another policy.toml, and shows what
// would come out otherwise. It reads the store itself, with or without a server, and writes nothing.
import { join } from 'node:path';
import { type Bundle, parseRules, readBundle } from '../../config/rules-entry.ts';
import { OperationError } from '../../core/fault.ts';
import type { Rules } from '../../core/rules/rules.ts';
import { simulate } from '../../governor/entry.ts';
import { toWireSimulated, type WireSimulated } from '../../server/wire/simulation.ts';
import type { Store } from '../../store/entry.ts';
import type { Output } from '../output.ts';
import { progressOn } from '../progress.ts';
import type { Project } from '../project.ts';
import { RefusalError } from '../refusal-error.ts';
import { simulatedText } from '../show/simulated.ts';
import { acceptedBundle, openForReading } from '../state.ts';
import { countOption, sinceOption } from '../time-option.ts';
import { rulesOf, withPolicy } from './other-policy.ts';

export interface SimulateOptions {
  readonly since?: string;
  readonly limit: string;
}

const MOST_EXAMPLES = 200;

export async function simulatePolicy(
  project: Project,
  output: Output,
  file: string | undefined,
  options: SimulateOptions,
): Promise<void> {
  const mostExamples = countOption('--limit', options.limit, MOST_EXAMPLES);
  const sinceMs = options.since === undefined ? null : sinceOption('--since', options.since, Date.now());
  const store = openForReading(project);
  const progress = progressOn(process.stderr, 'replaying');
  try {
    const inForce = bundleInForce(store);
    const changed = rulesOf(
      file === undefined ? await readBundle(project.dir) : await withPolicy(inForce, file),
      file,
    );
    const before = acceptedRulesOf(inForce);
    const simulated = await simulate({
      store,
      inForce: before,
      changed,
      agentDirOf: (agentId) => join(project.dir, 'agents', agentId),
      sinceMs,
      mostActions: null,
      mostEventsBefore: null,
      mostExamples,
      onProgress: progress.show,
    });
    const found = toWireSimulated(simulated, { inForce: before.hash, changed: changed.hash });
    progress.clear();
    output.data(found);
    if (output.json) return;
    tellWhich(output, found, file);
    output.line(simulatedText(found, { changed: file ?? 'edited' }, output.paint));
  } finally {
    progress.clear();
    store.close();
  }
}

function bundleInForce(store: Store): Bundle {
  const bundle = acceptedBundle(store);
  if (bundle !== null) return bundle;
  throw new RefusalError({
    code: 'rules_not_accepted',
    detail: 'no rules are in force in this project yet, so nothing was decided that could be replayed',
    hint: 'look at them and put them in force with `governed-agents accept`',
  });
}

/** What is wrong with them does not stand in the files of the project. */
function acceptedRulesOf(inForce: Bundle): Rules {
  const parsed = parseRules(inForce);
  if (parsed.result === 'rules') return parsed.rules;
  throw new OperationError({
    op: 'read the accepted rules',
    code: 'rules_unreadable',
    message: `the rules in force can't be read by this version: ${parsed.problems[0]?.message ?? 'not valid'}`,
    hint: 'look at the files of the project and accept them again with `governed-agents accept`',
  });
}

function tellWhich(output: Output, found: WireSimulated, file: string | undefined): void {
  if (found.in_force === found.changed) {
    output.note('nothing is edited: these are the rules in force');
    return;
  }
  const which =
    file === undefined
      ? `the edited files (${found.changed.slice(0, 12)})`
      : `${file} in place of policy.toml, everything else as accepted`;
  output.note(`tried: ${which}, against the rules in force (${found.in_force.slice(0, 12)})`);
}
