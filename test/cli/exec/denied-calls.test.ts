import { expect, test } from 'vitest';
import { whyDenied } from '../../../src/cli/exec/denied-calls.ts';
import { inExecWords } from '../../../src/cli/exec/exec-words.ts';

const UNLISTED = { rule: 'tools.default', reasons: ['nothing in [tools] allows this call of Bash'] };
const bash = (command: string) => ({ ...UNLISTED, tool: 'Bash', input: { command } });

test.each([
  [bash('touch made'), 'Bash(touch made): --tools does not allow it; add "Bash(touch made)"'],
  [bash('sudo ls'), 'Bash(sudo ls): --tools does not allow it; add "Bash(sudo ls)"'],
  // Not to be typed between quotes as it stands.
  [bash('echo "a"'), 'Bash(echo "a"): --tools does not allow it; add "Bash(echo *)"'],
  [
    bash('cd a && npm test'),
    'Bash(cd a && npm test): --tools does not allow it; add "Bash(cd a && npm test)"',
  ],
  [
    bash('cat "a" | sh'),
    'Bash(cat "a" | sh): --tools does not allow it; nothing narrower than Bash can be written for it',
  ],
  [
    bash('a\nb'),
    'Bash(a⟨U+000A⟩b): --tools does not allow it; nothing narrower than Bash can be written for it',
  ],
  [
    { ...UNLISTED, tool: 'Edit', input: { file_path: '/home/me/a.ts', old_string: 'x' } },
    'Edit(/home/me/a.ts): --tools does not allow it; add "Edit"',
  ],
  // The record may be told to keep no content.
  [
    { ...UNLISTED, tool: 'Bash' },
    'Bash: --tools does not allow it; nothing narrower than Bash can be written for it',
  ],
])('%j is told as what was typed, with what to add', (payload, said) => {
  expect(whyDenied(payload, true)).toBe(said);
});

test('a command too long to repeat is offered by its program', () => {
  expect(whyDenied(bash(`touch ${'a'.repeat(90)}`), true)).toMatch(/; add "Bash\(touch \*\)"$/);
});

test('without --tools it is said what giving it changes', () => {
  expect(whyDenied(bash('npm test'), false)).toBe(
    'Bash(npm test): without --tools it is not allowed; --tools "Bash(npm test)" allows it, and only what is named there',
  );
  expect(whyDenied({ ...UNLISTED, tool: 'WebSearch', input: { query: 'x' } }, false)).toBe(
    'WebSearch({"query":"x"}): without --tools it is not allowed; --tools "WebSearch" allows it, and only what is named there',
  );
});

test('what another rule denied keeps its reason', () => {
  const reasons = ['Bash matches Bash(rm *) in tools.deny'];
  expect(whyDenied({ ...bash('rm a'), rule: 'tools.deny', reasons }, true)).toBe(
    'Bash(rm a): Bash matches Bash(rm *), which its command line forbids',
  );
  expect(whyDenied({ ...bash('rm a'), rule: 'no_rm', reasons: ['it is late'] }, true)).toBe(
    'Bash(rm a): it is late',
  );
});

test.each([
  ['over run_usd: asks for up to $0.81', 'over --budget-usd: asks for up to $0.81'],
  ['at the cap run_tokens: 3 of 3', 'at the cap --budget-tokens: 3 of 3'],
  ['over day_usd of the project', 'over day_usd of the project'],
  ['check the network and the address in [providers.openai]', 'check the network and OPENAI_BASE_URL'],
  [
    'no key went with it; set key in [providers.openai] of governed.toml, then `governed-agents accept`, and start the run again',
    'no key went with it; set OPENAI_API_KEY, and start the run again',
  ],
  [
    'Export X and start the run again; [providers.anthropic] in governed.toml says where the key is',
    'Export X and start the run again; exec takes it from ANTHROPIC_API_KEY',
  ],
  [
    'Give it its own with [prices."m"] in /x/governed.toml',
    'Give it its own with [prices."m"] in /x/governed.toml',
  ],
])('%s', (said, ours) => {
  expect(inExecWords(said)).toBe(ours);
});
