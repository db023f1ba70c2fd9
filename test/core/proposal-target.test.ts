import { describe, expect, it } from 'vitest';
import { isSameTarget } from '../../src/core/proposal/target.ts';

describe('the same target', () => {
  it.each<[string, unknown, unknown]>([
    ['of the same recipient, whatever is sent', { to: 'a@x.org', body: 1 }, { to: 'a@x.org', body: 2 }],
    ['in other letters and with other blanks', { to: 'a@x.org' }, { to: ' A@X.org ' }],
    ['as a list of one', { to: 'a@x.org' }, { to: ['a@x.org'] }],
    ['as a list in another order', { to: ['a', 'b'] }, { to: ['b', 'a'] }],
    ['that one of them leaves out', { to: 'a@x.org' }, { body: 2 }],
    ['with a field added', { to: 'a@x.org' }, { to: 'a@x.org', channel: 'other' }],
    ['that neither names', 1, { n: 2 }],
    ['of a command with more blanks', { command: 'rm -rf x' }, { command: 'rm  -rf  x', description: 'y' }],
    ['under a full-width disguise', { to: 'a@x.org' }, { to: 'ａ@x.org' }],
  ])('%s is a variant', (_, a, b) => {
    expect([isSameTarget(a, b), isSameTarget(b, a)]).toEqual([true, true]);
  });

  it.each<[string, unknown, unknown]>([
    ['another recipient', { to: 'a@x.org' }, { to: 'b@x.org' }],
    ['another resource', { resource: 'prod' }, { resource: 'staging' }],
    ['more recipients', { to: ['a'] }, { to: ['a', 'b'] }],
    ['the same path on another host', { host: 'a', path: '/x' }, { host: 'b', path: '/x' }],
  ])('%s is no variant', (_, a, b) => {
    expect([isSameTarget(a, b), isSameTarget(b, a)]).toEqual([false, false]);
  });
});
