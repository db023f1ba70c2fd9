import { describe, expect, it } from 'vitest';
import { isVariant } from '../../src/core/proposal/target.ts';

describe('the target', () => {
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
    ['of a recipient with a name', { to: 'a@x.org' }, { to: 'Ada <a@x.org>' }],
    ['as a list in one text', { to: ['a@x.org', 'b@x.org'] }, { to: 'b@x.org; Ada <A@x.org>,' }],
    ['of a path written longer', { path: 'notes/a' }, { path: './notes//b/../a/' }],
    ['of an address written otherwise', { url: 'https://x.org/a' }, { url: 'HTTPS://X.org:443/b/../a#top' }],
  ])('%s is a variant', (_, a, b) => {
    expect([isVariant(a, b), isVariant(b, a)]).toEqual([true, true]);
  });

  it.each<[string, unknown, unknown]>([
    ['another recipient', { to: 'a@x.org' }, { to: 'b@x.org' }],
    ['another resource', { resource: 'prod' }, { resource: 'staging' }],
    ['a recipient more and one less', { to: ['a', 'c'] }, { to: ['a', 'b'] }],
    ['a folder above', { path: 'a' }, { path: '../a' }],
    ['the root', { path: '/a' }, { path: 'a' }],
    ['another address', { url: 'https://x.org/a?n=1' }, { url: 'https://x.org/a?n=2' }],
    ['the same path on another host', { host: 'a', path: '/x' }, { host: 'b', path: '/x' }],
  ])('%s is no variant', (_, a, b) => {
    expect([isVariant(a, b), isVariant(b, a)]).toEqual([false, false]);
  });

  it('with others named beside it is a variant, and a part of it is none', () => {
    expect(isVariant({ to: 'a@x.org' }, { to: ['b@x.org', 'a@x.org'] })).toBe(true);
    expect(isVariant({ to: 'a@x.org' }, { to: 'b@x.org, a@x.org' })).toBe(true);
    expect(isVariant({ to: ['a@x.org', 'b@x.org'] }, { to: 'a@x.org' })).toBe(false);
  });
});
