// Makes the rules out of the bytes of the governing files, or says everything that is wrong with them. It looks at nothing but
// those bytes, so that content accepted earlier gives the same rules again.
import { InputError } from '../../core/fault.ts';
import type { AgentRules, Rules } from '../../core/rules/rules.ts';
import type { Bundle } from '../files/bundle.ts';
import { parsePolicy } from '../policy/parse-policy.ts';
import { scanProjectId } from '../project-id.ts';
import { budgetRules } from '../schema/budget-table.ts';
import { executorRules } from '../schema/executor-table.ts';
import { groupRules } from '../schema/groups-table.ts';
import { notifyRules } from '../schema/notify-table.ts';
import { priceTable } from '../schema/price-table.ts';
import { keyProblem } from '../schema/problems.ts';
import { type ProjectFile, projectFile } from '../schema/project-file.ts';
import { providerRules } from '../schema/provider-table.ts';
import { watchRules } from '../schema/watchdog-table.ts';
import type { TomlDocument } from '../toml/read-toml.ts';
import { checkProgram } from './check-program.ts';
import { parseAgent } from './parse-agent.ts';
import { ProblemList } from './problem-list.ts';
import { ruleText } from './rule-text.ts';

export type ParsedRules =
  | { readonly result: 'rules'; readonly rules: Rules }
  /** At least one problem, by file and line. */
  | { readonly result: 'invalid'; readonly problems: readonly InputError[] };

const DEFAULT_PORT = 8005;
const DEFAULT_TIMEZONE = 'UTC';
const DEFAULT_CONCURRENT_RUNS = 4;

export function parseRules(bundle: Bundle): ParsedRules {
  const problems = new ProblemList();
  const project = readProject(bundle, problems);
  const agents = readAgents(bundle, project, problems);
  const policyDocument = readTopFile(bundle, 'policy.toml', problems);
  const timezone = project?.project.timezone ?? DEFAULT_TIMEZONE;
  const policy = policyDocument === null ? null : parsePolicy(policyDocument, { timezone, agents }, problems);
  const found = problems.sorted();
  if (project === null || policy === null || found.length > 0) return { result: 'invalid', problems: found };
  return {
    result: 'rules',
    rules: { ...projectRules(project), hash: bundle.hash, policy, agents },
  };
}

function readTopFile(bundle: Bundle, path: string, problems: ProblemList): TomlDocument | null {
  if (!bundle.files.has(path)) {
    const hint = 'compare with what `governed-agents init` writes into an empty folder';
    problems.add(
      new InputError({ code: 'missing_file', message: `this project has no ${path}`, path, hint }),
    );
    return null;
  }
  const text = ruleText(bundle, path, problems);
  return text === null ? null : problems.readDocument(path, text);
}

function readProject(bundle: Bundle, problems: ProblemList): ProjectFile | null {
  const document = readTopFile(bundle, 'governed.toml', problems);
  const file = document === null ? null : problems.check(projectFile, document);
  if (document === null || file === null) return null;
  if (scanProjectId(bundle.files.get('governed.toml')?.bytes.toString('utf8') ?? '') !== file.project.id) {
    const hint = 'write it under [project], on a line of its own: id = "prj_…"';
    problems.add(
      keyProblem(document, ['project', 'id'], {
        message: 'is not where it is looked for when the file is broken',
        hint,
      }),
    );
  }
  const { executors, notify } = programsOf(file);
  for (const [action, { start }] of executors)
    checkProgram(bundle, document, ['executors', action], start, problems);
  if (notify !== null) checkProgram(bundle, document, ['notify'], notify.start, problems);
  return file;
}

function readAgents(
  bundle: Bundle,
  project: ProjectFile | null,
  problems: ProblemList,
): ReadonlyMap<string, AgentRules> {
  const ids = [...bundle.files.keys()].flatMap((path) => /^agents\/([^/]+)\//.exec(path)?.[1] ?? []);
  const agents = new Map<string, AgentRules>();
  for (const id of new Set(ids)) {
    const agent = parseAgent(bundle, id, project ?? {}, problems);
    if (agent !== null) agents.set(id, agent);
  }
  return agents;
}

function projectRules(file: ProjectFile): Omit<Rules, 'hash' | 'policy' | 'agents'> {
  return {
    projectId: file.project.id,
    timezone: file.project.timezone ?? DEFAULT_TIMEZONE,
    port: file.server?.port ?? DEFAULT_PORT,
    projectBudget: budgetRules(file.budget ?? {}),
    groups: groupRules(file.groups ?? {}, file.budget ?? {}),
    prices: priceTable(file.prices ?? {}),
    concurrentRuns: file.runs?.concurrent ?? DEFAULT_CONCURRENT_RUNS,
    watch: watchRules(file.watchdog ?? {}),
    includeContent: file.record?.include_content ?? true,
    providers: providerRules(file.providers ?? {}),
    freeFields: file.requests?.free_fields ?? [],
    ...programsOf(file),
  };
}

function programsOf(file: ProjectFile): Pick<Rules, 'executors' | 'notify'> {
  return {
    executors: new Map(
      Object.entries(file.executors ?? {}).map(([action, table]) => [action, executorRules(action, table)]),
    ),
    notify: file.notify === undefined ? null : notifyRules(file.notify),
  };
}
