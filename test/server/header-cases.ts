// Requests that a browser on another page, a rebound name or a confused proxy could send: each has at least one thing in its head that
// must be refused, everything else about it is right.

export interface HeaderCase {
  readonly name: string;
  readonly version: string;
  readonly method: string;
  /** Makes the request's target out of the path. */
  readonly target: (path: string) => string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

type Change = Partial<Omit<HeaderCase, 'name' | 'headers'>> & {
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Names of right headers that are left out. */
  readonly without?: readonly string[];
};

export function headerCases(port: number): HeaderCase[] {
  const cases: HeaderCase[] = [];
  const right: readonly (readonly [string, string])[] = [
    ['Host', `localhost:${port}`],
    ['Content-Type', 'application/json'],
  ];
  const add = (name: string, change: Change): void => {
    const kept = right.filter(([header]) => change.without?.includes(header) !== true);
    cases.push({
      version: '1.1',
      method: 'POST',
      target: (path) => path,
      ...change,
      name,
      headers: [...kept, ...(change.headers ?? [])],
    });
  };
  for (const host of wrongHosts(port)) {
    add(`Host: ${host}`, { without: ['Host'], headers: [['Host', host]] });
    add(`Host: ${host}, over HTTP/1.0`, { version: '1.0', without: ['Host'], headers: [['Host', host]] });
    add(`Host twice, then ${host}`, { headers: [['Host', host]] });
    add(`Host twice, first ${host}`, {
      without: ['Host'],
      headers: [
        ['Host', host],
        ['Host', `localhost:${port}`],
      ],
    });
    add(`an absolute target of ${host}`, { target: (path) => `http://${host}${path}` });
    add(`a Host of ${host} with our absolute target`, {
      without: ['Host'],
      headers: [['Host', host]],
      target: (path) => `http://localhost:${port}${path}`,
    });
    add(`a Host of ${host} behind X-Forwarded-Host`, {
      without: ['Host'],
      headers: [
        ['Host', host],
        ['X-Forwarded-Host', `localhost:${port}`],
      ],
    });
  }
  add('no Host', { without: ['Host'] });
  add('no Host, over HTTP/1.0', { version: '1.0', without: ['Host'] });
  add('our Host twice', { headers: [['Host', `localhost:${port}`]] });
  add('the other of our names in the target', { target: (path) => `http://127.0.0.1:${port}${path}` });
  add('https in the target', { target: (path) => `https://localhost:${port}${path}` });
  for (const origin of foreignOrigins(port)) {
    add(`Origin: ${origin}`, { headers: [['Origin', origin]] });
    add(`Origin: ${origin}, said to be same-origin`, {
      headers: [
        ['Origin', origin],
        ['Sec-Fetch-Site', 'same-origin'],
      ],
    });
    add(`our Origin, then ${origin}`, {
      headers: [
        ['Origin', `http://localhost:${port}`],
        ['Origin', origin],
      ],
    });
  }
  for (const site of ['cross-site', 'same-site', 'same-origin, cross-site', 'Same-Origin', '']) {
    add(`Sec-Fetch-Site: ${site}`, { headers: [['Sec-Fetch-Site', site]] });
    add(`Sec-Fetch-Site: ${site}, with our Origin`, {
      headers: [
        ['Sec-Fetch-Site', site],
        ['Origin', `http://localhost:${port}`],
      ],
    });
  }
  add('Sec-Fetch-Site twice', {
    headers: [
      ['Sec-Fetch-Site', 'same-origin'],
      ['Sec-Fetch-Site', 'cross-site'],
    ],
  });
  for (const type of contentTypes)
    add(`Content-Type: ${type}`, { without: ['Content-Type'], headers: [['Content-Type', type]] });
  add('no Content-Type', { without: ['Content-Type'] });
  add('Content-Type twice', { headers: [['Content-Type', 'text/plain']] });
  add('a length and chunks', { headers: [['Transfer-Encoding', 'chunked']] });
  add('a second length', { headers: [['Content-Length', '0']] });
  add('a folded header', { headers: [['X-Folded', 'a\r\n b']] });
  add('a blank before the colon', { headers: [['X-Blank ', 'a']] });
  for (const method of ['PUT', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE', 'post', 'DELETE', 'GET', 'PROPFIND'])
    add(`the method ${method}`, { method });
  for (const method of ['GET', 'PUT']) {
    add(`${method} and X-HTTP-Method-Override`, { method, headers: [['X-HTTP-Method-Override', 'POST']] });
  }
  return cases;
}

function wrongHosts(port: number): string[] {
  return [
    'evil.example',
    `evil.example:${port}`,
    'localhost',
    '127.0.0.1',
    `localhost:${port + 1}`,
    `localhost.:${port}`,
    `LOCALHOST:${port}`,
    `localhost.evil.example:${port}`,
    `[::1]:${port}`,
    `0.0.0.0:${port}`,
    `127.1:${port}`,
    `127.0.0.2:${port}`,
    `2130706433:${port}`,
    `0x7f000001:${port}`,
    `localhost:0${port}`,
    `localhost:${port},evil.example`,
    `localhost:${port}@evil.example`,
    `evil.example@localhost:${port}`,
    `127.0.0.1.nip.io:${port}`,
    `localhost:${port}#`,
  ];
}

function foreignOrigins(port: number): string[] {
  return [
    'null',
    'http://evil.example',
    `http://evil.example:${port}`,
    'http://localhost',
    `http://localhost:${port + 1}`,
    `https://localhost:${port}`,
    `http://localhost:${port}/`,
    `http://localhost:${port}.evil.example`,
    `http://[::1]:${port}`,
    `HTTP://LOCALHOST:${port}`,
    'file://',
    'chrome-extension://abcdefghijklmnop',
    `http://localhost:${port}, http://evil.example`,
  ];
}

const contentTypes = [
  'text/plain',
  'text/plain;application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json, text/plain',
  'application/json; charset=utf-16',
  'application/json; charset=utf-7',
  'text/json',
  'application/jsonp',
  'application/x-json',
  'application/json-patch+json',
  '*/*',
  '',
];
