// Finds the TOML examples of a Markdown file, tells which governing file each is, and reads it with the real parser.
import { type Bundle, EXECUTABLE, makeBundle } from '../../src/config/files/bundle.ts';
import { parseRules } from '../../src/config/rules/parse-rules.ts';

interface Example {
  readonly path: string;
  readonly toml: string;
  /** In the Markdown file, from 1. */
  readonly line: number;
}

const PROJECT = '[project]\nid = "prj_01m7xttf5t693e3ds555qkqj4r"\n';
/** The files that commands of the examples name. */
const PROGRAMS = [
  'actions/send-email.py',
  'actions/send-email.mjs',
  'actions/notify.mjs',
  'agents/example/agent.mjs',
  'agents/example/agent.sh',
  'agents/example/agent.py',
];

export function tomlExamples(markdown: string): readonly Example[] {
  return [...markdown.matchAll(/^```toml\n([\s\S]*?)^```$/gm)].map((match) => {
    const toml = match[1] ?? '';
    return { path: pathOf(toml), toml, line: markdown.slice(0, match.index).split('\n').length };
  });
}

function pathOf(toml: string): string {
  if (/^adapter = /m.test(toml)) return 'agents/example/agent.toml';
  return /^\[(?:project\]$|groups\.|prices\.|executors\.|notify\]$)/m.test(toml)
    ? 'governed.toml'
    : 'policy.toml';
}

/** Every problem, with its line. */
export function whyNotRead(path: string, toml: string): readonly string[] {
  const parsed = parseRules(projectWith(path, toml));
  if (parsed.result === 'rules') return [];
  return parsed.problems.map((problem) => `${problem.path}:${problem.line}: ${problem.message}`);
}

function projectWith(path: string, toml: string): Bundle {
  const files = new Map([
    ['governed.toml', PROJECT],
    ['policy.toml', ''],
    ...PROGRAMS.map((program) => [program, ''] as const),
    ['agents/example/agent.toml', 'adapter = "command"\ncommand = ["true"]\n'],
    [path, path === 'governed.toml' && !toml.includes('[project]') ? `${PROJECT}${toml}` : toml],
  ]);
  return makeBundle([...files].map(([name, text]) => [name, { bytes: Buffer.from(text), mode: EXECUTABLE }]));
}
