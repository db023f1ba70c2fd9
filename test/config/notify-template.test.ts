import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../templates/project/actions/notify.mjs');
const EVENT = {
  kind: 'held',
  text: 'mailer: send_email waits',
  link: 'http://localhost:8005/#proposal=prp_1',
};

afterEach(() => {
  delete process.env['NOTIFY_URL'];
});

describe('actions/notify.mjs', () => {
  it.each([
    ['is done', 200],
    ['fails', 500],
  ])(
    'posts to NOTIFY_URL what happened and where to decide, and %s when that answers %i',
    async (_, status) => {
      const seen: unknown[] = [];
      const server = createServer(async (request, response) => {
        const { method, url, headers } = request;
        seen.push([method, url, headers['title'], headers['click'], await text(request)]);
        response.statusCode = status;
        response.end();
      });
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      process.env['NOTIFY_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/topic`;
      const { default: notify } = (await import(pathToFileURL(SCRIPT).href)) as {
        readonly default: (event: object) => Promise<unknown>;
      };
      const telling = notify(EVENT);
      if (status === 200) expect(await telling).toBeUndefined();
      else await expect(telling).rejects.toThrow('answered 500');
      expect(seen).toEqual([['POST', '/topic', 'governed-agents: held', EVENT.link, EVENT.text]]);
      server.close();
    },
  );
});
