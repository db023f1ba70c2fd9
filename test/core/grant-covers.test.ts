import { describe, expect, it } from 'vitest';
import {
  type GrantPattern,
  type GrantSubject,
  grantCovers,
  whyNoPattern,
} from '../../src/core/grant/covers.ts';

const ANY: GrantPattern = {
  action: 'send_email',
  resource: null,
  agentId: null,
  runId: null,
  irreversible: false,
};
const ASKED: GrantSubject = {
  action: 'send_email',
  resource: null,
  agentId: 'noop',
  runId: 'run_1',
  reversible: null,
  requiresApproval: null,
  heldCall: null,
};

function bash(command: string): Partial<GrantSubject> {
  const call = { tool: 'Bash', input: { command } };
  return {
    action: 'tool:Bash',
    heldCall: { call, place: { agentDir: '/p/agents/noop', cwd: 'workspace' } },
  };
}

describe('a grant', () => {
  it.each<[string, Partial<GrantPattern>, Partial<GrantSubject>]>([
    ['its action', {}, {}],
    ['actions that begin as it says', { action: 'deploy_*' }, { action: 'deploy_service' }],
    ['its agent', { agentId: 'noop' }, {}],
    ['its run', { runId: 'run_1' }, {}],
    ['what its resource names', { resource: 'repo/main' }, { resource: 'repo/main' }],
    ['a star between slashes', { resource: 'repo/*' }, { resource: 'repo/main' }],
    ['two stars across slashes', { resource: 'repo/**' }, { resource: 'repo/a/b' }],
    ['the irreversible where it says so', { irreversible: true }, { reversible: false }],
    ['a tool', { action: 'tool:Bash' }, bash('rm x')],
    ['a command', { action: 'tool:Bash', resource: 'npm test *' }, bash('npm test -- a')],
  ])('covers %s', (_, pattern, subject) => {
    expect(grantCovers({ ...ANY, ...pattern }, { ...ASKED, ...subject })).toBe(true);
  });

  it.each<[string, Partial<GrantPattern>, Partial<GrantSubject>]>([
    ['another action', {}, { action: 'send_emails' }],
    ['an action that only contains its beginning', { action: 'email*' }, {}],
    ['another agent', { agentId: 'other' }, {}],
    ['nobody in particular when it names an agent', { agentId: 'noop' }, { agentId: null }],
    ['another run', { runId: 'run_2' }, {}],
    ['what the agent asks a person for', { irreversible: true }, { requiresApproval: true }],
    ['what the agent calls irreversible', {}, { reversible: false }],
    ['an unnamed resource', { resource: '**' }, {}],
    ['a resource across a slash', { resource: 'repo/*' }, { resource: 'repo/a/b' }],
    ['a resource that climbs out', { resource: 'repo/**' }, { resource: 'repo/../etc' }],
    ['a tool under the name of an action', { action: 't*' }, bash('rm x')],
    ['a proposal under the name of a tool', { action: 'tool:Bash' }, { action: 'tool:Bash' }],
    [
      'a second command behind its own',
      { action: 'tool:Bash', resource: 'npm test*' },
      bash('npm test; rm x'),
    ],
    ['a command hidden in its own', { action: 'tool:Bash', resource: 'npm *' }, bash('npm $(rm x)')],
  ])('does not cover %s', (_, pattern, subject) => {
    expect(grantCovers({ ...ANY, ...pattern }, { ...ASKED, ...subject })).toBe(false);
  });

  it.each(['*', '', 'tool:*', 'send email', 'a*b', '-x', 'x'.repeat(200)])(
    'is not given for %j',
    (action) => {
      expect(whyNoPattern({ action, resource: null })).not.toBeNull();
    },
  );
});
