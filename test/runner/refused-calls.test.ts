import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ask,
  askModel,
  CALL,
  closedOnce,
  type GatewayFixture,
  openFixture,
  PLAIN_USAGE,
  until,
} from './gateway-fixture.ts';

let fixture: GatewayFixture;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture.close());

describe('a call that may not be made', () => {
  const refuse = (code: string): void => {
    fixture.server.reserve = () => ({
      result: 'refused',
      code,
      detail: 'over run_usd: asks for up to $0.81, $0.02 of $0.50 left',
      hint: 'raise it with `governed-agents budget raise noop --tier run --usd X`',
      remaining_micro_usd: 20_000,
    });
  };

  it.each([
    ['over_cap', 402, 'billing_error'],
    ['open_reservations', 402, 'billing_error'],
    ['unpriced', 403, 'permission_error'],
    ['model_not_allowed', 403, 'permission_error'],
    ['killed', 403, 'permission_error'],
  ])('is refused for %s with %i, in the provider’s shape, and never sent', async (code, status, type) => {
    refuse(code);
    const reply = await askModel(fixture);
    expect(reply.status).toBe(status);
    const { error } = JSON.parse(reply.text);
    expect(error.type).toBe(type);
    expect(error.message).toContain('$0.02 of $0.50 left');
    expect(error.message).toContain('budget raise');
    expect(reply.headers['x-should-retry']).toBe('false');
    expect(fixture.provider.calls).toHaveLength(0);
  });

  it.each([
    [20, 429, 'rate_limit_error', '20'],
    [3_600, 403, 'permission_error', undefined],
  ])('by a rate that allows it in %i s is answered %i', async (seconds, status, type, header) => {
    fixture.server.reserve = () => ({
      result: 'refused',
      code: 'denied_by_rule',
      detail: 'calls-a-minute: At most 60 calls a minute',
      hint: `try again in ${seconds} s`,
      remaining_micro_usd: null,
      retry_after: seconds,
    });
    const reply = await askModel(fixture);
    expect([reply.status, JSON.parse(reply.text).error.type]).toEqual([status, type]);
    expect(reply.headers['retry-after']).toBe(header);
    expect(reply.headers['x-should-retry']).toBe(String(status === 429));
    // Each time it is asked for would be a denial in the record.
    expect(fixture.server.seen.filter(({ path }) => path === '/reservations')).toHaveLength(1);
    expect(fixture.provider.calls).toHaveLength(0);
  });

  it('waits for open reservations and goes out when one has settled', async () => {
    const reserve = fixture.server.reserve;
    refuse('open_reservations');
    setTimeout(() => {
      fixture.server.reserve = reserve;
    }, 100);
    expect((await askModel(fixture)).status).toBe(200);
  });

  it('waits while the run is paused, whoever says so first', async () => {
    const reserve = fixture.server.reserve;
    refuse('paused');
    const first = askModel(fixture);
    await until(() => fixture.server.seen.some(({ path }) => path === '/reservations'), 'it was asked');
    fixture.gate.pause();
    const second = askModel(fixture);
    fixture.server.reserve = reserve;
    expect(fixture.provider.calls).toHaveLength(0);
    fixture.gate.resume();
    expect((await Promise.all([first, second])).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('is answered 503 while the server can’t be reached, and a reservation that may stand is voided', async () => {
    fixture.server.intercept = (seen, response) => {
      if (seen.path !== '/reservations') return false;
      response.destroy();
      return true;
    };
    const reply = await askModel(fixture);
    expect([reply.status, reply.headers['x-should-retry']]).toEqual([503, 'true']);
    expect(fixture.provider.calls).toHaveLength(0);
    fixture.server.intercept = () => false;
    expect(await closedOnce(fixture)).toMatchObject({ how: 'void' });
  });

  it('is refused at 64 MiB', async () => {
    const huge = await ask(`${fixture.gateway.url}/anthropic/v1/messages`, {
      method: 'POST',
      body: Buffer.alloc(64 * 1024 * 1024 + 1, 97),
    });
    expect(huge.status).toBe(413);
  });
});

describe('settling', () => {
  it('is tried again until the server has acknowledged it', async () => {
    let refusals = 3;
    fixture.server.intercept = (seen, response) => {
      if (!seen.path.endsWith('/settle') || refusals === 0) return false;
      refusals -= 1;
      if (refusals === 2) response.destroy();
      else response.writeHead(503, { 'content-type': 'application/problem+json' }).end('{"code":"busy"}');
      return true;
    };
    await askModel(fixture);
    expect(await closedOnce(fixture)).toMatchObject({
      how: 'settled',
      settle: { usage: { output_tokens: 34 } },
    });
    expect(await fixture.settlements.flush(1_000)).toBe(0);
  });

  it('is given up at the limit of the flush, and says how many', async () => {
    fixture.server.intercept = (seen, response) => {
      if (seen.path.endsWith('/settle')) response.destroy();
      return seen.path.endsWith('/settle');
    };
    await askModel(fixture);
    expect(await fixture.settlements.flush(100)).toBe(1);
  });

  it('drains and settles an open call while the run is frozen and its agent reads nothing', async () => {
    fixture.reply = () => ({
      kind: 'stream',
      usage: PLAIN_USAGE,
      words: Array(80).fill('x'.repeat(100_000)),
    });
    let whole = '';
    const reply = askModel(
      fixture,
      { ...CALL, stream: true },
      {
        onData: (chunk) => {
          if (whole === '') fixture.gate.pause();
          whole += chunk.length;
        },
      },
    );
    await closedOnce(fixture);
    expect(fixture.gate.isPaused).toBe(true);
    fixture.gate.resume();
    expect((await reply).isWhole).toBe(true);
  });
});
