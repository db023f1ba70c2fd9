// policy check: parses the governing files as they are on disk, runs the cases of their policy, and says whether that is what is in force.
import { parseRules, readBundle } from '../../config/rules-entry.ts';
import { runCases } from '../../governor/entry.ts';
import { toWireCase } from '../../server/wire/policy-cases.ts';
import type { Output } from '../output.ts';
import type { Project } from '../project.ts';
import { RulesInvalidError } from '../refusal-error.ts';
import { failuresText } from '../show/policy-cases.ts';
import { plural } from '../show/words.ts';
import { hashInForce } from './hash-in-force.ts';

export async function checkRules(project: Project, output: Output): Promise<void> {
  const bundle = await readBundle(project.dir);
  const parsed = parseRules(bundle);
  if (parsed.result === 'invalid') throw new RulesInvalidError(parsed.problems);
  const { rules } = parsed;
  const inForce = hashInForce(project);
  const cases = (await runCases(rules.policy)).map(toWireCase);
  const failed = cases.filter(({ passed }) => !passed);
  output.data({
    ok: true,
    rules_hash: rules.hash,
    in_force: inForce === rules.hash,
    agents: [...rules.agents.keys()].sort(),
    executors: [...rules.executors.keys()].sort(),
    cases: { passed: cases.length - failed.length, failed },
  });
  const { paint } = output;
  const tasks = [...rules.agents.values()].reduce((sum, agent) => sum + agent.tasks.size, 0);
  output.line(
    `${paint.green('✓')} ${plural(bundle.files.size, 'file')}: ${plural(rules.agents.size, 'agent')}, ${plural(tasks, 'task')}, ${plural(rules.executors.size, 'executor')}`,
  );
  if (failed.length > 0) output.line(`${paint.yellow('!')} ${failuresText('policy.toml', cases, paint)}`);
  else if (cases.length > 0) output.line(`  policy.toml: ${plural(cases.length, 'case')}, all pass`);
  if (inForce !== rules.hash) output.line('  not in force yet: `governed-agents accept` shows what changed');
}
