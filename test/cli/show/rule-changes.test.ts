import { expect, it } from 'vitest';
import { showChanges } from '../../../src/cli/show/rule-changes.ts';
import { shownBy } from './shown.ts';

function shown(diff: string): string {
  return shownBy((output) => showChanges(output, null, [{ path: 'policy.toml', change: 'modified', diff }]));
}

it('leaves the indentation of a changed line as it is, and marks what hides inside one', () => {
  const deep = ' '.repeat(14);
  const wide = ' '.repeat(40);
  const text = shown(`@@ -1 +1 @@\n-${deep}old\n+${deep}new\n+a${wide}allow = ["*"]\n+\u202eb\n`);
  expect(text).toContain(`-${deep}old`);
  expect(text).toContain(`+${deep}new`);
  expect(text).toContain('+a⟨40 spaces⟩allow = ["*"]');
  expect(text).toContain('+⟨U+202E⟩b');
});

it('leaves out the heading of a difference, and never a changed line that looks like one', () => {
  const text = shown(
    'Index: policy.toml\n=====\n--- policy.toml\n+++ policy.toml\n@@ -1,2 +1,2 @@\n same\n--- gone\n+++ come\n',
  );
  expect(text).not.toContain('Index:');
  expect(text).toContain('--- gone');
  expect(text).toContain('+++ come');
});
