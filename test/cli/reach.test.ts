import { expect, it } from 'vitest';
import { withReach } from '../../src/cli/reach.ts';

it.each([
  ['`governed-agents resume noop` lets it go on', '`governed-agents -C ../it resume noop` lets it go on'],
  [
    '`governed-agents down`, then `governed-agents up`',
    '`governed-agents -C ../it down`, then `governed-agents -C ../it up`',
  ],
  [
    'raise it with governed-agents budget raise a --usd 2',
    'raise it with governed-agents -C ../it budget raise a --usd 2',
  ],
  // What names a project already, is for no project, or is no command.
  ['governed-agents logs run_1 -C /there', 'governed-agents logs run_1 -C /there'],
  ['governed-agents -C /there logs run_1', 'governed-agents -C /there logs run_1'],
  ['make one with `governed-agents init`', 'make one with `governed-agents init`'],
  ['`governed-agents exec -- ls`', '`governed-agents exec -- ls`'],
  ['the governed-agents server is down', 'the governed-agents server is down'],
])('%s', (text, told) => {
  expect(withReach(text, '../it')).toBe(told);
  expect(withReach(text, undefined)).toBe(text);
});

it('a folder is written as a shell takes it', () => {
  expect(withReach('governed-agents status', "/tmp/it's here")).toBe(
    "governed-agents -C '/tmp/it'\\''s here' status",
  );
});
