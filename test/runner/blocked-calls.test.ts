// What whoever watches a run is told of model calls that do not go out, and what the agent reads instead.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blockedTeller } from '../../src/runner/blocked-teller.ts';
import { failureOf } from '../../src/runner/gateway/call/no-answer.ts';
import type { ProviderKey } from '../../src/runner/gateway/provider-key.ts';
import type { WireReserved } from '../../src/server/wire/run.ts';
import { askModel, type GatewayFixture, openFixture, type Reply } from './gateway-fixture.ts';
import { openRunFixture } from './run-fixture.ts';

let fixture: GatewayFixture;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  fixture = await opened();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function opened(options: Parameters<typeof openFixture>[0] = {}): Promise<GatewayFixture> {
  const one = await openFixture(options);
  closing.push(() => one.close());
  return one;
}

const messageOf = ({ text }: Reply): string => JSON.parse(text).error.message;

describe('a call without what it needs to go out', () => {
  it('tells the operator why there is no key, and the agent only that there is none', async () => {
    fixture.key = () => ({
      result: 'missing',
      why: '/home/me/key is empty',
      said: 'locked',
      hint: 'Fill it',
    });
    const reply = await askModel(fixture);
    expect([reply.status, reply.headers['x-should-retry']]).toEqual([403, 'false']);
    expect(messageOf(reply)).toBe(
      'the key of the provider anthropic is not available, so nothing was sent; the operator was told why',
    );
    expect(fixture.server.reserved).toHaveLength(0);
    expect(fixture.blocked).toEqual([
      {
        about: 'provider',
        cause: 'key of anthropic: /home/me/key is empty',
        message:
          'model calls for anthropic are refused, since its key is not available: /home/me/key is empty, and said: locked. Fill it; [providers.anthropic] in governed.toml says where the key is',
      },
    ]);
  });

  it('tells of a login that the agent does not bring', async () => {
    fixture.key = () => ({ result: 'own' });
    await askModel(fixture, undefined, { headers: { 'x-api-key': '' } });
    expect(fixture.blocked.map(({ cause }) => cause)).toEqual(['no login for anthropic']);
  });
});

describe('a call that the rules refuse', () => {
  const refuse = (code: string, more: Partial<WireReserved> = {}): void => {
    const detail = 'the model claude-x has no price';
    const refusal = { result: 'refused', code, detail, hint: 'add it', remaining_micro_usd: null } as const;
    fixture.server.reserve = () => ({ ...refusal, ...more }) as WireReserved;
  };

  it.each(['unpriced', 'model_not_allowed', 'no_budget', 'denied_by_rule'])(
    'for %s is told',
    async (code) => {
      refuse(code);
      await askModel(fixture);
      expect(fixture.blocked).toEqual([
        {
          about: 'model',
          cause: `${code} claude-x`,
          message: 'a call of the model claude-x is refused: the model claude-x has no price; add it',
        },
      ]);
    },
  );

  it.each<[string, Partial<WireReserved>]>([
    ['killed', {}],
    ['over_cap', {}],
    ['denied_by_rule', { retry_after: 20 }],
  ])('for %s %j is told elsewhere, or passes by itself', async (code, more) => {
    refuse(code, more);
    await askModel(fixture);
    expect(fixture.blocked).toEqual([]);
  });

  it('at a cap says too that its model has no price of its own', async () => {
    refuse('over_cap', { at_dearest_price: true });
    await askModel(fixture);
    expect(fixture.notices).toContain('unpriced: claude-x');
  });
});

describe('a provider that takes no calls', () => {
  it.each([401, 403])('is told of when it answers %i', async (status) => {
    fixture.reply = () => ({ kind: 'error', status, type: 'authentication_error', message: 'no' });
    expect((await askModel(fixture)).status).toBe(status);
    const { url } = fixture.provider;
    expect(fixture.blocked.map(({ message }) => message)).toEqual([
      `the model provider at ${url} refused a call with ${status}: it does not take the key, or not for this; see key in [providers.anthropic] of governed.toml`,
    ]);
  });

  it.each<[ProviderKey, string]>([
    [{ result: 'own' }, 'it does not take the login of the agent'],
    [{ result: 'key', value: null }, 'no key went with it; set key in [providers.anthropic]'],
  ])('is told of with what %j lacks', async (key, lack) => {
    fixture.key = () => key;
    fixture.reply = () => ({ kind: 'error', status: 401, type: 'authentication_error', message: 'no' });
    await askModel(fixture);
    expect(fixture.blocked.map(({ message }) => message)).toEqual([expect.stringContaining(lack)]);
  });

  it('is told of when it does not answer', async () => {
    const gone = await opened({ providerUrl: 'http://127.0.0.1:1' });
    expect((await askModel(gone)).status).toBe(502);
    expect(gone.blocked.map(({ message }) => message)).toEqual([
      'model calls for anthropic do not get through: the model provider at http://127.0.0.1:1 gave no answer (connect ECONNREFUSED 127.0.0.1:1). The agent may go on trying; check the network and the address in [providers.anthropic]',
    ]);
  });

  it('is told of in one line when it speaks no TLS', async () => {
    const port = await plainServer();
    const wrong = await opened({ providerUrl: `https://127.0.0.1:${port}` });
    const reply = await askModel(wrong);
    expect(reply.status).toBe(502);
    expect(messageOf(reply)).toBe(
      `the model provider at https://127.0.0.1:${port} gave no answer (TLS failed: wrong version number); check the address of the provider, and whether it begins with https:// or http:// as it should`,
    );
  });

  it.each([
    [false, 'ECONNRESET', 'socket hang up', 'https:// or http://'],
    [false, 'HPE_INVALID_CONSTANT', 'Parse Error: Expected HTTP/', 'https:// or http://'],
    [true, 'ECONNRESET', 'socket hang up', 'check the network'],
    [false, 'ECONNREFUSED', '', 'check the network'],
  ])('with TLS %j and %s is a matter of %s', (isTls, code, message, hint) => {
    const error = Object.assign(new Error(message), { code });
    const failure = failureOf({ origin: 'x', isTls }, error);
    expect(failure.cause).toBe(code);
    expect(failure.hint('its address')).toContain(hint);
    expect(failure.why).toBe(`the model provider at x gave no answer (${message === '' ? code : message})`);
  });
});

async function plainServer(): Promise<number> {
  const server: Server = createServer((_, response) => response.end('plain'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

describe('whoever watches the run', () => {
  it('is told once a cause, in one harmless line, of so many of each sort', () => {
    const told: string[] = [];
    const tell = blockedTeller((message) => told.push(message));
    for (let n = 0; n < 50; n += 1) {
      tell({ about: 'model', cause: `unpriced m${n}`, message: `no m${n}\nhere\u001b` });
      tell({ about: 'provider', cause: 'key', message: `${n}: ${'x'.repeat(5_000)}` });
    }
    expect(told).toHaveLength(11);
    expect(told[0]).toBe('no m0 here⟨U+001B⟩');
    expect(told[1]?.length).toBeLessThan(1_300);
  });

  it('is told, by the run itself, of a provider that the rules do not name', async () => {
    const run = await openRunFixture();
    closing.push(() => run.close());
    const call = `fetch(process.env.GOVERNED_GATEWAY + '/openai/v1/responses', { method: 'POST', body: '{}' })`;
    const started = await run.start([process.execPath, '-e', `${call}.then(() => ${call})`]);
    await started.ended;
    expect(run.notices.filter((notice) => notice.includes('openai'))).toEqual([
      'model calls for openai are refused: the rules name no such provider. Add [providers.openai] with a key to governed.toml, then `governed-agents accept`, and start the run again',
    ]);
  });
});
