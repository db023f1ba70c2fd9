// accept: shows how the governing files differ from what is in force, and puts exactly what was shown in force.

import type { Bundle, FileChange } from '../../config/rules-entry.ts';
import type { PolicyRules } from '../../core/policy/policy-rules.ts';
import type { WirePolicyCase } from '../../server/wire/policy-cases.ts';
import type { Define } from '../command-table.ts';
import { refuseOtherFolder } from '../other-folder.ts';
import { type Output, outputFor } from '../output.ts';
import { locateProject, type Project } from '../project.ts';
import { RefusalError, RulesInvalidError } from '../refusal-error.ts';
import { putInForceAnywhere } from '../rules/put-in-force-anywhere.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
}

export const define: Define = (command) => {
  command.option('-y, --yes', 'do not ask').option('--json', 'print what was done as JSON').action(accept);
};

async function accept(options: Options): Promise<void> {
  const output = outputFor(options);
  const project = locateProject(options);
  await refuseOtherFolder(project);
  const { parseRules, readBundle, diffBundles } = await import('../../config/rules-entry.ts');
  const bundle = await readBundle(project.dir);
  const inForce = await bundleInForce(project);
  const changes = diffBundles(inForce, bundle);
  const { showChanges } = await import('../show/rule-changes.ts');
  showChanges(output, inForce, changes);
  const parsed = parseRules(bundle);
  if (parsed.result === 'invalid') throw new RulesInvalidError(parsed.problems);
  if (inForce?.hash === bundle.hash) {
    output.line(`Nothing to accept: ${bundle.hash.slice(0, 12)} is in force.`);
    output.data({ accepted: false, rules_hash: bundle.hash, changed: [] });
    return;
  }
  const cases = await casesOf(parsed.rules.policy, output);
  if (options.yes !== true && inForce !== null) {
    const { showSimulated } = await import('../rules/show-simulated.ts');
    await showSimulated(project, output, inForce, parsed.rules);
  }
  await confirm(options, changes);
  await putInForceAnywhere(project, bundle);
  output.line(`${output.paint.green('✓')} in force: ${bundle.hash.slice(0, 12)}`);
  output.data({
    accepted: true,
    rules_hash: bundle.hash,
    previous: inForce?.hash ?? null,
    changed: changes.map(({ path, change }) => ({ path, change })),
    cases: {
      passed: cases.filter(({ passed }) => passed).length,
      failed: cases.filter(({ passed }) => !passed),
    },
  });
}

/** Runs the policy's own cases, and says which fail before anybody says yes. */
async function casesOf(policy: PolicyRules, output: Output): Promise<readonly WirePolicyCase[]> {
  const [{ runCases }, { toWireCase }, { failuresText }, { plural }] = await Promise.all([
    import('../../governor/entry.ts'),
    import('../../server/wire/policy-cases.ts'),
    import('../show/policy-cases.ts'),
    import('../show/words.ts'),
  ]);
  const cases = (await runCases(policy)).map(toWireCase);
  const failed = cases.some(({ passed }) => !passed);
  if (failed) output.note(`${failuresText('policy.toml', cases, output.paintErr)}\n`);
  else if (cases.length > 0)
    output.line(`${output.paint.green('✓')} policy.toml: ${plural(cases.length, 'case')}, all pass`);
  return cases;
}

async function bundleInForce(project: Project): Promise<Bundle | null> {
  const { existsSync } = await import('node:fs');
  const { acceptedBundle, lostState, openForReading } = await import('../state.ts');
  if (!existsSync(project.state.store)) {
    const lost = lostState(project);
    // Said before a difference is shown that could not be accepted.
    if (lost !== null) throw lost;
    return null;
  }
  const store = openForReading(project);
  try {
    return acceptedBundle(store);
  } finally {
    store.close();
  }
}

async function confirm(options: Options, changes: readonly FileChange[]): Promise<void> {
  if (options.yes === true) return;
  const [{ isInteractive }, { askYesNo }] = await Promise.all([
    import('../terminal.ts'),
    import('../ask.ts'),
  ]);
  if (!isInteractive()) {
    throw new RefusalError({
      code: 'rules_not_accepted',
      detail: `${changes.length} governing ${changes.length === 1 ? 'file differs' : 'files differ'} from what is in force, and nobody is here to look at it`,
      hint: 'read the difference above, then say so with `governed-agents accept --yes`',
    });
  }
  if (await askYesNo('Put these rules in force?')) return;
  throw new RefusalError({
    code: 'rules_not_accepted',
    detail: 'nothing was accepted; what was in force still is',
    hint: null,
  });
}
