import { describe, expect, it } from 'vitest';
import { decidedBy } from '../../src/server/dashboard/client/decided-by.ts';
import { approvalCautions } from '../../src/server/dashboard/client/decision-cautions.ts';
import { problemFrom, unreachable } from '../../src/server/dashboard/client/problem-text.ts';
import { shortcutFor } from '../../src/server/dashboard/client/shortcuts.ts';
import { aProposal } from './wire-samples.ts';

const seen = { payloadSeen: true, payloadChanged: false };
const press = { key: 'a', repeat: false, ctrlKey: false, metaKey: false, altKey: false, isComposing: false };

describe('an approval', () => {
  it('takes one step when it can be undone, is not critical and was read', () => {
    expect(approvalCautions(aProposal(), seen)).toEqual([]);
  });

  it.each([
    ['it is irreversible', { reversible: false }, seen],
    ['it is critical', { severity: 'critical' as const }, seen],
    ['the end of its payload was not on screen', {}, { ...seen, payloadSeen: false }],
    ['its payload changed under the reader', {}, { ...seen, payloadChanged: true }],
  ])('takes a second step when %s', (_why, fields, context) => {
    expect(approvalCautions(aProposal(fields), context)).toHaveLength(1);
  });
});

describe('what was decided', () => {
  const operator = { kind: 'operator', id: null, via: 'dashboard' } as const;

  it.each([
    ['an approval', 'Approved', { status: 'approved' as const }],
    ['an edit', 'Edited and approved', { status: 'executed' as const, original_payload_hash: 'first' }],
    ['a rejection', 'Rejected', { status: 'rejected' as const }],
    ['a rejection for good', 'Rejected for good', { status: 'rejected' as const, final: true }],
  ])('says of %s what a person did', (_what, did, fields) => {
    expect(decidedBy(aProposal({ ...fields, decided_by: operator }))).toBe(
      `${did} by an operator, in the dashboard.`,
    );
  });
});

describe('the keyboard', () => {
  it('knows its letters and no others', () => {
    const keys = ['j', 'k', 'a', 'r', 'e', 'g', '?', 'x'];
    expect(keys.map((key) => shortcutFor({ ...press, key }, false))).toEqual([
      'next',
      'previous',
      'approve',
      'reject',
      'edit',
      'grant',
      'help',
      null,
    ]);
  });

  it('does nothing in a field, with a modifier, or while a key is held down', () => {
    expect(shortcutFor(press, true)).toBeNull();
    for (const how of ['repeat', 'ctrlKey', 'metaKey', 'altKey', 'isComposing']) {
      expect(shortcutFor({ ...press, [how]: true }, false)).toBeNull();
    }
  });
});

describe('a problem', () => {
  it('is shown as the server tells it', () => {
    const body = { code: 'expired', title: 'Expired', detail: 'Its time is up.', hint: 'Ask again.' };
    expect(problemFrom(409, body)).toEqual({ type: 'about:blank', status: 409, ...body });
  });

  it.each([[null], ['text'], [[]], [{ detail: 7, hint: {} }]])(
    'is a sentence even if the body is %j',
    (body) => {
      const problem = problemFrom(502, body);
      expect(problem.detail).toBe('The server answered 502');
      expect(problem.code).toBe('http_502');
      expect(problem.hint).toBeUndefined();
    },
  );

  it('says that nobody knows whether an unanswered request arrived', () => {
    expect(unreachable(new TypeError('Failed to fetch')).detail).toContain(
      'not known whether the request arrived',
    );
  });
});
