import { describe, expect, it } from 'vitest';
import { webLink } from '../../src/server/dashboard/client/web-link.ts';

describe('a link of an agent', () => {
  it.each([
    ['https://example.org/a?b=c#d', 'example.org'],
    ['http://localhost:8080/x', 'localhost:8080'],
    ['HTTPS://EXAMPLE.ORG/', 'example.org'],
    ['https://bücher.example/', 'xn--bcher-kva.example'],
  ])('may be clicked when it is a web address: %s', (text, host) => {
    expect(webLink(text)?.host).toBe(host);
  });

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://example.org/1',
    'ftp://example.org/',
    '//example.org/',
    '/decision',
    'example.org',
    '',
    'https://',
    'https://bank.example@evil.example/',
    'https://user:pw@evil.example/',
    'https:\\\\evil.example',
    'https://evil.example\\@bank.example/',
    'https://exa\nmple.org/',
    'https://example.org/ javascript:x',
    ' https://example.org/',
    '\u0000https://example.org/',
  ])('stays text otherwise: %j', (text) => {
    expect(webLink(text)).toBeNull();
  });
});
