import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeBundle } from '../../../src/config/files/bundle.ts';
import { parseRules } from '../../../src/config/rules/parse-rules.ts';
import { bundleOf, PROJECT_ID, PROJECT_TOML, problemsIn, problemsOf, projectOf } from '../bundle-of.ts';
import { BAD_AGENT_FILES } from './bad-agent-files.ts';
import { BAD_PROJECT_FILES } from './bad-project-files.ts';

const AGENT = 'adapter = "command"\ncommand = ["program"]\n';

describe('bad input', () => {
  it.each([...BAD_PROJECT_FILES, ...BAD_AGENT_FILES])(
    'in %s, %j is an error on line %i: %s',
    (file, text, line, code, message, hint) => {
      const problems = problemsOf({
        'agents/a/agent.toml': AGENT,
        'agents/a/agent.mjs': '',
        [file]: file === 'governed.toml' ? PROJECT_TOML + text : text,
      });
      const found = problems.filter((problem) => problem.code === code && problem.message.includes(message));
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({ path: file, line });
      expect(found[0]?.hint).toContain(hint);
    },
  );

  it('tells all problems of all files at once, by file and line', () => {
    const problems = problemsOf({
      'governed.toml': `${PROJECT_TOML}[server]\nport = 0\nprot = 1\n[budget]\nday_usd = "1"\n`,
      'policy.toml': '[defaults]\neffect = 1\ntimeout = 2\n',
      'agents/a/agent.toml': 'x =',
      'agents/b/AGENTS.md': '',
      'agents/B/agent.toml': AGENT,
    });
    expect(problems.map((problem) => `${problem.path}:${problem.line}`)).toEqual([
      'agents/a/agent.toml:1',
      'agents/B:undefined',
      'agents/b/agent.toml:undefined',
      'governed.toml:4',
      'governed.toml:5',
      'governed.toml:7',
      'policy.toml:2',
      'policy.toml:3',
    ]);
    expect(problems.every((problem) => problem.hint !== undefined && problem.hint !== '')).toBe(true);
  });

  it('says which files are missing', () => {
    const problems = problemsIn(parseRules(bundleOf({})));
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['governed.toml', 'missing_file'],
      ['policy.toml', 'missing_file'],
    ]);
  });

  it('refuses text that is not UTF-8', () => {
    const bytes = Buffer.from([0x61, 0xff]);
    const files = [...projectOf({}).files, ['policy.toml', { bytes, mode: 0 }] as const];
    expect(problemsIn(parseRules(makeBundle(files)))[0]).toMatchObject({
      path: 'policy.toml',
      code: 'not_text',
    });
  });

  it('refuses a project id that can’t be found without reading the whole file', () => {
    const problems = problemsOf({ 'governed.toml': `project.id = "${PROJECT_ID}"\n` });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path: 'governed.toml', line: 1 });
  });

  it('never repeats a secret in a message', () => {
    const secret = 'sk-ant-api03-zzzzzzzz';
    const texts = {
      'governed.toml': `${PROJECT_TOML}[providers.anthropic]\nkey = "${secret}"\n[providers.openai]\nbase_url = "https://x.test"\nkey = { value = "${secret}" }\n`,
      'agents/a/agent.toml': `${AGENT}[env.set]\nANTHROPIC_API_KEY = "${secret}"\n`,
      'agents/b/agent.toml': `${AGENT}[env.set]\nTOKEN = ["${secret}"]\n`,
    };
    const problems = problemsOf(texts);
    expect(problems).toHaveLength(4);
    for (const problem of problems)
      expect(JSON.stringify([problem.message, problem.hint])).not.toContain(secret);
  });

  it('answers any bytes with rules or with problems, and never crashes', () => {
    const piece = fc.constantFrom(
      '[budget]',
      '[prices."x"]',
      '[executors.x]',
      'run = ',
      'day_usd = ',
      '= ',
      '"a"',
      '1',
      '[',
      ']',
      '{',
      '}',
      '\n',
      '[[rule]]',
      'key',
      '.',
      '\u0000',
      '-1',
      'inf',
      '1979-05-27',
      '+++',
      '---',
    );
    const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, text, text, text, (project, policy, agent, task) => {
        const parsed = parseRules(
          projectOf({
            'governed.toml': `${PROJECT_TOML}${project}`,
            'policy.toml': policy,
            'agents/a/agent.toml': agent,
            'agents/a/tasks/t.md': task,
          }),
        );
        for (const problem of problemsIn(parsed)) {
          expect(problem.path).toBeTruthy();
          expect(problem.hint).toBeTruthy();
        }
        expect(parsed.result === 'rules' || parsed.problems.length > 0).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
