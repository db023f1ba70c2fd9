// What stands between the client and the provider in the benchmark, each in a process of its own, so that none shares a loop with another.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activity } from '../../../src/runner/gateway/activity.ts';
import type { CallContext } from '../../../src/runner/gateway/call/call-context.ts';
import { AS_IT_SAYS } from '../../../src/runner/gateway/call/judged-call.ts';
import { knownInputs } from '../../../src/runner/gateway/call/known-input.ts';
import { wayTo } from '../../../src/runner/gateway/call/way-upstream.ts';
import { openGateway } from '../../../src/runner/gateway/gateway.ts';
import { pauseGate } from '../../../src/runner/gateway/pause-gate.ts';
import { versioned } from '../../../src/runner/gateway/provider-access.ts';
import { settlements } from '../../../src/runner/gateway/settlements.ts';
import { startProvider } from './provider.ts';

/** `pass-through`: bare node:http. `unreserved`: the gateway, with reservations that are given at once and recorded nowhere. */
export type Role = 'provider' | 'pass-through' | 'unreserved';

export const ROLE_VARIABLE = 'GOVERNED_BENCH_ROLE';

export interface RunningRole {
  readonly url: string;
  readonly pid: number;
  close(): void;
}

/** This very program, in another part. */
export async function startRole(role: Role, upstream = ''): Promise<RunningRole> {
  const child = spawn(process.execPath, [process.argv[1] ?? '', upstream], {
    env: { ...process.env, [ROLE_VARIABLE]: role },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the ${role} of the benchmark ended with ${code}`)));
    child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
  });
  return { url, pid: child.pid ?? 0, close: () => child.kill('SIGKILL') };
}

/** Answers where it can be spoken to. It ends with whoever started it. */
export function playRole(role: string, upstream: string): Promise<string> {
  process.stdin.resume().once('end', () => process.exit());
  if (role === 'provider') return startProvider();
  return role === 'pass-through' ? passThrough(upstream) : unreserved(upstream);
}

async function passThrough(upstream: string): Promise<string> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, response) => {
    const sent = request(`${upstream}${incoming.url}`, {
      agent,
      method: incoming.method ?? 'GET',
      headers: incoming.headers,
    });
    sent.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    sent.on('error', () => response.destroy());
    response.once('close', () => sent.destroy());
    incoming.pipe(sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function unreserved(upstream: string): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'governed-bench-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  const settled = {
    reservation_id: 'rsv',
    status: 'settled',
    posted_micro_usd: 0,
    posted_tokens: 0,
  } as const;
  const closed = () => Promise.resolve({ result: 'ok', value: settled } as const);
  const link = {
    reserve: () =>
      Promise.resolve({ result: 'reserved', reservation_id: 'rsv', reserved_micro_usd: 0 } as const),
    settle: closed,
    void: closed,
  };
  const active = activity();
  const calls: CallContext = {
    link,
    gate: pauseGate(),
    settlements: settlements({ link, onSettled: () => undefined, onRefused: () => undefined }),
    activity: active,
    known: knownInputs(),
    onUnpriced: () => undefined,
    onBlocked: () => undefined,
    bounds: AS_IT_SAYS,
    provider: {
      way: wayTo(versioned(upstream), null),
      loginWay: null,
      key: () => Promise.resolve({ result: 'key', value: 'of-the-benchmark-alone' }),
    },
  };
  const place = { port: () => null, forget: () => undefined };
  const gateway = await openGateway(
    {
      messages: calls,
      openai: calls,
      server: { place, runSecret: '', activity: active, onHeld: () => undefined, onDenied: () => undefined },
    },
    { socketPath: join(dir, 'gateway.sock'), hasPort: true },
  );
  return `${gateway.url}/anthropic`;
}
