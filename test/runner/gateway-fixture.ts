// A gateway in front of a scripted server and a scripted provider, and a plain client to talk to it.
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Activity, activity } from '../../src/runner/gateway/activity.ts';
import type { BlockedCall } from '../../src/runner/gateway/call/blocked-call.ts';
import type { CallContext } from '../../src/runner/gateway/call/call-context.ts';
import type { HoldTimes } from '../../src/runner/gateway/call/held-answer.ts';
import { AS_IT_SAYS } from '../../src/runner/gateway/call/judged-call.ts';
import { knownInputs } from '../../src/runner/gateway/call/known-input.ts';
import { wayTo } from '../../src/runner/gateway/call/way-upstream.ts';
import { type Gateway, openGateway } from '../../src/runner/gateway/gateway.ts';
import type { DeniedAction, HeldProposal } from '../../src/runner/gateway/notice-verdict.ts';
import { type PauseGate, pauseGate } from '../../src/runner/gateway/pause-gate.ts';
import { versioned } from '../../src/runner/gateway/provider-access.ts';
import type { ProviderKey } from '../../src/runner/gateway/provider-key.ts';
import { type Settlements, settlements } from '../../src/runner/gateway/settlements.ts';
import { runLink } from '../../src/runner/link/run-link.ts';
import type { ServerPlace } from '../../src/runner/link/server-place.ts';
import { type Provider, type ProviderCall, type ProviderReply, startProvider } from '../fixtures/provider.ts';
import { type Closed, type FakeServer, RUN_ID, RUN_SECRET, startFakeServer } from './fake-server.ts';

export const KEY = 'sk-ant-the-real-key';

export interface GatewayFixture {
  readonly server: FakeServer;
  readonly provider: Provider;
  readonly gateway: Gateway;
  readonly gate: PauseGate;
  readonly activity: Activity;
  readonly settlements: Settlements;
  readonly held: HeldProposal[];
  readonly denied: DeniedAction[];
  readonly notices: string[];
  readonly blocked: BlockedCall[];
  readonly dir: string;
  reply: (call: ProviderCall) => ProviderReply | Promise<ProviderReply>;
  key: () => ProviderKey;
  close(): Promise<void>;
}

export const PLAIN_USAGE = { input_tokens: 12, output_tokens: 34 };

export async function openFixture(
  options: {
    providerUrl?: string;
    proxy?: URL;
    openReservationsMs?: number;
    holdTimes?: HoldTimes;
    maxOutputTokens?: number;
  } = {},
): Promise<GatewayFixture> {
  const dir = mkdtempSync(join(tmpdir(), 'gateway-test-'));
  const server = await startFakeServer();
  const provider = await startProvider((call) => fixture.reply(call));
  const place: ServerPlace = { port: () => server.port, forget: () => undefined };
  const link = runLink(place, RUN_ID, RUN_SECRET);
  const held: HeldProposal[] = [];
  const denied: DeniedAction[] = [];
  const notices: string[] = [];
  const blocked: BlockedCall[] = [];
  const gate = pauseGate();
  const active = activity();
  const settling = settlements({ link, onSettled: () => undefined, onRefused: (why) => notices.push(why) });
  const way = wayTo(versioned(options.providerUrl ?? provider.url), options.proxy ?? null);
  const loginWay = wayTo(`${provider.url}/backend-api/codex`, null);
  const calls = (): CallContext => ({
    link,
    gate,
    settlements: settling,
    activity: active,
    known: knownInputs(),
    onUnpriced: (model) => notices.push(`unpriced: ${model}`),
    onBlocked: (one) => blocked.push(one),
    waits: {
      openReservationsMs: options.openReservationsMs ?? 300,
      unreachableMs: 200,
      longPauseMs: 150,
      afterPauseMs: 50,
    },
    holdTimes: options.holdTimes ?? { firstSignMs: 60_000, everyMs: 60_000 },
    bounds: { ...AS_IT_SAYS, maxOutputTokens: options.maxOutputTokens ?? null },
    provider: { way, loginWay, key: () => Promise.resolve(fixture.key()) },
  });
  const gateway = await openGateway(
    {
      messages: calls(),
      openai: calls(),
      server: {
        place,
        runSecret: RUN_SECRET,
        activity: active,
        onHeld: (one) => held.push(one),
        onDenied: (one) => denied.push(one),
      },
    },
    { socketPath: join(dir, 'gateway.sock'), hasPort: true },
  );
  const fixture: GatewayFixture = {
    server,
    provider,
    gateway,
    gate,
    activity: active,
    settlements: settling,
    held,
    denied,
    notices,
    blocked,
    dir,
    reply: () => ({ kind: 'message', usage: PLAIN_USAGE }),
    key: () => ({ result: 'key', value: KEY }),
    async close() {
      await gateway.close();
      await settling.flush(2_000);
      await Promise.all([server.close(), provider.close()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return fixture;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** False when the answer broke off. */
  readonly isWhole: boolean;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly socketPath?: string;
  readonly signal?: AbortSignal;
  readonly onData?: (chunk: Buffer) => void;
}

export function ask(
  url: string,
  { method = 'GET', headers = {}, body, socketPath, signal, onData }: Ask = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method,
      headers,
      agent: false,
      ...(socketPath === undefined ? {} : { socketPath }),
      ...(signal === undefined ? {} : { signal }),
    });
    let hasAnswer = false;
    sent.on('error', (error) => {
      if (!hasAnswer) reject(error);
    });
    sent.on('response', (response) => {
      hasAnswer = true;
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        onData?.(chunk);
      });
      response.on('error', () => undefined);
      response.on('close', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
          isWhole: response.complete,
        }),
      );
    });
    sent.end(body);
  });
}

export const CALL = { model: 'claude-x', max_tokens: 100, messages: [{ role: 'user', content: 'hello' }] };

export function askModel(fixture: GatewayFixture, body: unknown = CALL, more: Ask = {}): Promise<Reply> {
  return ask(`${fixture.gateway.url}/anthropic/v1/messages`, {
    method: 'POST',
    ...more,
    headers: { 'content-type': 'application/json', 'x-api-key': 'governed-placeholder', ...more.headers },
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
}

export async function until(isSo: () => boolean, what: string): Promise<void> {
  const deadlineMs = Date.now() + 15_000;
  while (!isSo()) {
    if (Date.now() > deadlineMs) throw new Error(`Waited in vain until ${what}.`);
    await delay(5);
  }
}

/** The one call that was made, once it is closed. */
export async function closedOnce({ server }: GatewayFixture): Promise<Closed | undefined> {
  await until(() => server.closed.length > 0, 'the call is closed');
  expect(server.closed).toHaveLength(1);
  return server.closed[0];
}
