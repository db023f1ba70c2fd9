import { describe, expect, it } from 'vitest';
import { DETECTOR } from '../../../../src/core/policy/detect/detector.ts';

describe('personal data', () => {
  it.each([
    ['write to jane.doe+x@example.co.uk today', ['an email address']],
    ['ＪＡＮＥ＠ｅｘａｍｐｌｅ．ｃｏｍ', ['an email address']],
    ['jane\u200b@exam\u200dple.com', ['an email address']],
    ['card 4111 1111 1111 1111, thanks', ['a payment card number']],
    ['5555-5555-5555-4444', ['a payment card number']],
    ['378282246310005', ['a payment card number']],
    ['IBAN DE89 3704 0044 0532 0130 00 for the rent', ['an IBAN']],
    ['gb82west12345698765432', ['an IBAN']],
    ['call +49 30 901820', ['a phone number']],
    ['call 0049 (30) 901-820', ['a phone number']],
    ['+1 213 373 4253', ['a phone number']],
    ['SSN 123-45-6789', ['a US social security number']],
    ['jane@example.com, +49 30 901820', ['an email address', 'a phone number']],
  ])('%s', (text, found) => {
    expect(DETECTOR.find('pii', text)).toEqual(found);
  });

  it.each([
    'The order 20261120 shipped in 2 boxes.',
    'at 2026-11-20T12:00:00.000Z, 1795176000000 ms, 1795176000000123 µs',
    'card 4111 1111 1111 1112',
    'IBAN DE89 3704 0044 0532 0130 01',
    'version 1.2.3+45, build +12',
    'prp_01hzy3v8k4qj6m9t2w5x7b1c0d and 9f86d081884c7d659a2feaa0c55ad015',
    '000-12-3456 and 123-45-67890',
    '@mention, a@b, user@localhost',
    '',
  ])('is not seen in %j', (text) => {
    expect(DETECTOR.find('pii', text)).toEqual([]);
  });
});

describe('secrets', () => {
  const body = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8';
  it.each([
    [
      `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn\n'.repeat(12)}-----END RSA PRIVATE KEY-----`,
      'a private key',
    ],
    [`token ghp_${body}`, 'a GitHub token'],
    [`ghp_a1B2\u200b${body.slice(4)}`, 'a GitHub token'],
    [`npm_${body}`, 'an npm token'],
    [['xoxb', '123456789012', '1234567890123', 'abcdefghijklmnopqrstuvwx'].join('-'), 'a Slack token'],
    [`sk-ant-api03-${'a'.repeat(93)}AA`, 'an Anthropic key'],
    ['postgres://user:pa55word@db.internal:5432/x', 'a password of a database'],
    ['https://user:pa55word@example.com/', 'a password in an address'],
    [`sk_live_${body.slice(0, 24)}`, 'a Stripe key'],
    [`AIza${body.slice(0, 35)}`, 'a Google API key'],
    [`glpat-${body.slice(0, 20)}`, 'a GitLab token'],
    [`eyJ${body}.eyJ${body}.${body}`, 'a JSON web token'],
  ])('%s', (text, found) => {
    expect(DETECTOR.find('secret', text)).toContain(found);
  });

  it('are found although the text asks the scanner to look away', () => {
    const text = `/* secretlint-disable */\nghp_${body}\n/* secretlint-enable */`;
    expect(DETECTOR.find('secret', text)).toContain('a GitHub token');
  });

  it.each(['nothing to see', 'sk-', 'key = 12345', 'https://example.com/path@2x.png', ''])(
    'are not seen in %j',
    (text) => {
      expect(DETECTOR.find('secret', text)).toEqual([]);
    },
  );
});

describe('a hostile text of a megabyte', () => {
  const size = 1 << 20;
  const filled = (piece: string): string => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
  it.each([
    'a',
    '1',
    '1 ',
    '+1',
    '@',
    'a@',
    'a@a.',
    'DE89 ',
    'de12a',
    '00491',
    '123-45-',
    '4111 ',
    '-----BEGIN RSA PRIVATE KEY-----\n',
    'ghp_',
    'eyJaaaaaaaaaa.',
    'postgres://a:',
    'https://a:b',
    'AWS_SECRET = ',
    'xoxb-1-',
    '\u200b',
    'ﷺ',
    'AIza',
    '"',
    'a.',
    '+49 30 ',
  ])(
    'does not hold the search up: %j',
    (piece) => {
      const from = performance.now();
      DETECTOR.find('pii', filled(piece));
      DETECTOR.find('secret', filled(piece));
      expect(performance.now() - from).toBeLessThan(5_000);
    },
    30_000,
  );
});
