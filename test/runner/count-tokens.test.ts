import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WireReserve } from '../../src/server/wire/run.ts';
import { ask, askModel, CALL, type GatewayFixture, openFixture } from './gateway-fixture.ts';

let fixture: GatewayFixture;
let asked: WireReserve[];

/** Refuses what is above so many input tokens. */
function fitUpTo(inputTokens: number): void {
  const { reserve } = fixture.server;
  fixture.server.reserve = (wanted) => {
    asked.push(wanted);
    if (wanted.input_tokens <= inputTokens) return reserve(wanted);
    const refusal = { detail: 'over run_usd', hint: 'raise it', remaining_micro_usd: 1 };
    return { result: 'refused', code: 'over_cap', ...refusal };
  };
}

beforeEach(async () => {
  fixture = await openFixture();
  asked = [];
});
afterEach(() => fixture.close());

const long = { ...CALL, messages: [{ role: 'user', content: 'word '.repeat(10_000) }] };

describe('the bound of what a call sends', () => {
  it('is that by bytes, and nothing is counted, where it fits', async () => {
    fitUpTo(1_000_000);
    expect((await askModel(fixture, long)).status).toBe(200);
    expect(fixture.provider.counted.asked).toBe(0);
    expect(asked).toHaveLength(1);
  });

  it('is the provider’s own count and a margin where that by bytes does not fit, which stops nothing', async () => {
    fitUpTo(20_000);
    fixture.provider.counted.tokens = 10_000;
    expect((await askModel(fixture, long)).status).toBe(200);
    expect(asked.map(({ tentative = false, input_tokens }) => [tentative, input_tokens > 50_000])).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(asked[1]?.input_tokens).toBe(10_000 * 1.05 + 512);
    expect(asked[1]?.idempotency_key).not.toBe(asked[0]?.idempotency_key);
  });

  it.each([
    ['a provider that can’t count', null],
    ['a count above the bound', 9_000_000],
  ])('stays that by bytes with %s', async (_what, tokens) => {
    fitUpTo(20_000);
    fixture.provider.counted.tokens = tokens;
    expect((await askModel(fixture, long)).status).toBe(402);
    const final = asked.filter(({ tentative }) => tentative !== true);
    expect(final.every(({ input_tokens }) => input_tokens === asked[0]?.input_tokens)).toBe(true);
    expect(fixture.provider.calls).toEqual([]);
  });

  it('says how long what is written to a cache may live', async () => {
    fitUpTo(1_000_000);
    await askModel(fixture);
    const hour = { type: 'ephemeral', ttl: '1h' };
    await askModel(fixture, { ...CALL, system: [{ type: 'text', text: 'x', cache_control: hour }] });
    expect(asked.map((wanted) => wanted.cache_writes)).toEqual(['5m', '1h']);
  });

  it('is told to an agent that counts for itself, with the operator’s key and nothing reserved', async () => {
    fixture.provider.counted.tokens = 77;
    const reply = await ask(`${fixture.gateway.url}/anthropic/v1/messages/count_tokens?beta=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'claude-x', messages: [] }),
    });
    expect([reply.status, JSON.parse(reply.text)]).toEqual([200, { input_tokens: 77 }]);
    expect(fixture.server.reserved).toEqual([]);
  });
});
