// init: makes a project and its state, and puts in force what it just wrote. It overwrites nothing.
import { resolve } from 'node:path';
import { InputError } from '../../core/fault.ts';
import { newId } from '../../core/id.ts';
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject, makeStateHome, type Project } from '../project.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

export const define: Define = (command) => {
  command
    .argument('[dir]', 'the folder; made when it is missing', '.')
    .option('--json', 'print what was made as JSON')
    .action(init);
};

async function init(dir: string, options: Options): Promise<void> {
  const target = resolve(options.project ?? '.', dir);
  const paths = await writeProject(target);
  const project = locateProject({ project: target });
  const hash = await acceptWritten(project);
  const output = outputFor(options);
  output.data({
    project_id: project.id,
    project_dir: project.dir,
    state_dir: project.state.dir,
    files: paths,
    rules_hash: hash,
  });
  const { paint } = output;
  output.line(`${paint.green('✓')} ${paint.bold(project.dir)} is a project now (${project.id})`);
  output.line();
  for (const path of paths) output.line(`  ${paint.green('+')} ${path}`);
  output.line();
  output.line(`  state  ${project.state.dir}`);
  output.line(`  rules  ${hash.slice(0, 12)} in force; an edit takes effect with \`governed-agents accept\``);
  output.line();
  output.line('Next:');
  const go = target === process.cwd() ? '' : `cd ${dir} && `;
  output.line(
    `  ${paint.cyan(`${go}governed-agents serve`)}        in one terminal: prints a link to the dashboard`,
  );
  output.line(
    `  ${paint.cyan(`${go}governed-agents run noop`)}     in another: an agent proposes, and waits for you`,
  );
}

async function writeProject(target: string): Promise<readonly string[]> {
  const [{ scaffold }, { randomBytes }] = await Promise.all([
    import('../../config/entry.ts'),
    import('node:crypto'),
  ]);
  const written = await scaffold({
    targetDir: target,
    projectId: newId('prj', Date.now(), randomBytes(10)),
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    beforeWriting: () => makeStateHome(process.env),
  });
  if (written.result === 'written') return written.paths;
  const { length } = written.paths;
  const list = written.paths.map((path) => `\n- ${path}`).join('');
  throw new InputError({
    code: 'would_overwrite',
    message: `nothing was written: ${length} ${length === 1 ? 'path is' : 'paths are'} taken in ${target}${list}`,
    path: target,
    hint: written.paths.includes('governed.toml')
      ? 'this is a project already: look at it with `governed-agents status`, or init another folder'
      : 'move them away, or init an empty folder',
  });
}

async function acceptWritten(project: Project): Promise<string> {
  const [{ makeState, putInForce }, { parseRules, readBundle }, { RulesInvalidError }] = await Promise.all([
    import('../rules/put-in-force.ts'),
    import('../../config/rules-entry.ts'),
    import('../refusal-error.ts'),
  ]);
  const bundle = await readBundle(project.dir);
  const parsed = parseRules(bundle);
  // A folder that was not empty may hold other governing files.
  if (parsed.result === 'invalid') throw new RulesInvalidError(parsed.problems);
  const open = makeState(project);
  try {
    putInForce(open, bundle);
    return bundle.hash;
  } finally {
    open.store.close();
  }
}
