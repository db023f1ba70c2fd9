// grants: standing approvals. `add` gives one, bounded by count, money and time; `revoke` takes one back.
import { Option } from 'commander';
import type { WireGrant } from '../../server/wire/grant.ts';
import type { WirePage } from '../../server/wire/proposal.ts';
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';
import { query, readResource } from '../resource.ts';
import { countOption } from '../time-option.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

interface ListOptions extends Options {
  readonly active?: boolean;
  readonly limit: string;
}

interface AddOptions extends Options {
  readonly agent?: string;
  readonly run?: string;
  readonly resource?: string;
  readonly when?: string;
  readonly uses: string;
  readonly usd?: string;
  readonly until: string;
  readonly irreversible?: boolean;
  readonly note?: string;
}

export const define: Define = (command) => {
  command
    .option('--active', 'only those that may still approve something')
    .option('--limit <n>', 'at most so many', '50')
    .option('--json', 'print the grants as JSON')
    .action(() => list(command.opts()));
  const add = command.command('add').description('approve in advance, within bounds');
  add
    .argument('<action>', 'an action type, the beginning of some with * at its end, or tool:NAME')
    .addOption(new Option('--uses <n>', 'how many times, 1 to 10,000').makeOptionMandatory())
    .option('--usd <x>', 'for so many dollars in all, by the stated cost; what states none is not covered')
    .option('--until <time>', '18:00, 2h, 2026-11-20, or 2026-11-20T18:00:00Z; a year at most', '24h')
    .option('--agent <id>', 'of this agent only')
    .option('--run <run>', 'in this run only')
    .option('--resource <pattern>', 'on this only: * stays between slashes, ** crosses them')
    .option('--when <json>', 'conditions as in a rule, such as {"payload.amount": {"lt": 100}}')
    .option('--irreversible', 'also what the agent itself calls irreversible')
    .option('--note <text>', 'why, for the record')
    .option('--json', 'print the grant as JSON')
    .action((action: string) => give(action, add.optsWithGlobals()));
  const revoke = command.command('revoke').description('take grants back; what they approved stays approved');
  revoke
    .argument('<grant...>', 'a grant, or the beginning of its id')
    .option('--json', 'print the grants as JSON')
    .action((words: readonly string[]) => takeBack(words, revoke.optsWithGlobals()));
};

async function list(options: ListOptions): Promise<void> {
  const output = outputFor(options);
  const limit = countOption('--limit', options.limit, 500);
  const path = `/grants${query({ status: options.active === true ? 'active' : undefined, limit })}`;
  const { value } = await readResource<WirePage<WireGrant>>(locateProject(options), output, path);
  output.data(value);
  if (output.json) return;
  const { grantsText } = await import('../show/grants.ts');
  output.line(grantsText(value.items, Date.now(), output.paint));
}

async function give(action: string, options: AddOptions): Promise<void> {
  const project = locateProject(options);
  const output = outputFor(options);
  const [{ giveGrant, untilText, usdOption, usesOption, whenOption }, { findAgentId }, { findRunId }] =
    await Promise.all([import('../grant.ts'), import('../find-agent.ts'), import('../find-id.ts')]);
  const grant = await giveGrant(project, {
    action_type: action,
    uses: usesOption(options.uses),
    agent_id: options.agent === undefined ? undefined : findAgentId(project, options.agent),
    run_id: options.run === undefined ? undefined : findRunId(project, options.run),
    resource: options.resource,
    when: options.when === undefined ? undefined : whenOption(options.when),
    usd: options.usd === undefined ? undefined : usdOption(options.usd),
    until: untilText(options.until, Date.now()),
    irreversible: options.irreversible,
    note: options.note,
  });
  output.data(grant);
  const { grantSentence } = await import('../show/grants.ts');
  output.line(`${output.paint.green('granted')}: ${grantSentence(grant, output.paint)}`);
  output.line(output.paint.dim(`  take it back with \`governed-agents grants revoke ${grant.grant_id}\``));
}

async function takeBack(words: readonly string[], options: Options): Promise<void> {
  const project = locateProject(options);
  const output = outputFor(options);
  const [{ findGrantId }, { bodyOf, clientOf }] = await Promise.all([
    import('../find-id.ts'),
    import('../client.ts'),
  ]);
  const ids = words.map((word) => findGrantId(project, word));
  const revoked: WireGrant[] = [];
  for (const id of ids) revoked.push(bodyOf(await clientOf(project).remove(`/grants/${id}`)) as WireGrant);
  output.data(revoked.length === 1 ? revoked[0] : { items: revoked });
  for (const grant of revoked)
    output.line(`revoked ${grant.grant_id}: it was used ${grant.used} of ${grant.uses} times`);
}
