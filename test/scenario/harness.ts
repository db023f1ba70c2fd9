// A throwaway project with the real binary: every process of a scenario is started, spoken to and ended as a person would.
import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bringFinding } from '../shared-finding.ts';

/** A bundled benchmark is told where the repository is. */
export const BINARY = resolve(
  process.env['GOVERNED_REPOSITORY'] ?? resolve(import.meta.dirname, '../..'),
  'dist/main.js',
);

/** The full count under scripts/prove, a small one in continuous integration. */
export function count(small: number, full: number): number {
  return process.env['GOVERNED_PROVE'] === '1' ? full : small;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly finished: Promise<Finished>;
  /** Resolves with the match once the output, past or to come, has it. */
  says(pattern: RegExp, limitMs?: number): Promise<RegExpExecArray>;
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface RequestOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export class Scenario {
  readonly root: string;
  readonly dir: string;
  readonly stateHome: string;
  readonly port: number;
  readonly #running: Running[] = [];

  private constructor(root: string, port: number) {
    this.root = root;
    this.dir = join(root, 'project');
    this.stateHome = join(root, 'state');
    this.port = port;
  }

  /** `init` in a fresh folder, on a free port; `edit` changes the files before they are accepted once more, `before` comes first. */
  static async create(
    edit?: (scenario: Scenario) => void,
    before?: (scenario: Scenario) => void,
  ): Promise<Scenario> {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is missing: npm run build`);
    const root = mkdtempSync(join(realpathSync(tmpdir()), 'governed-scenario-'));
    const scenario = new Scenario(root, await freePort());
    before?.(scenario);
    const init = await scenario.run(['init', scenario.dir], { cwd: root });
    if (init.code !== 0) throw new Error(`init failed: ${init.stderr}`);
    const settings = join(scenario.dir, 'governed.toml');
    writeFileSync(settings, readFileSync(settings, 'utf8').replace(/port = 8005/, `port = ${scenario.port}`));
    edit?.(scenario);
    const accept = await scenario.run(['accept', '--yes']);
    if (accept.code !== 0) throw new Error(`accept failed: ${accept.stdout}${accept.stderr}`);
    bringFinding(join(scenario.stateDir, 'confinement.json'));
    return scenario;
  }

  get stateDir(): string {
    const id =
      /id = "(prj_[a-z0-9]+)"/.exec(readFileSync(join(this.dir, 'governed.toml'), 'utf8'))?.[1] ?? '';
    return join(this.stateHome, id);
  }

  token(kind: 'operator' | 'viewer' | 'brake' | 'runner'): string {
    return readFileSync(join(this.stateDir, 'keys', `${kind}.token`), 'utf8').trim();
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), 'utf8');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.dir, path)), { recursive: true });
    writeFileSync(join(this.dir, path), text);
  }

  start(
    args: readonly string[],
    options: { readonly cwd?: string; readonly env?: Record<string, string>; readonly binary?: string } = {},
  ): Running {
    const child = spawn(process.execPath, [options.binary ?? BINARY, ...args], {
      cwd: options.cwd ?? this.dir,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: this.root,
        NO_COLOR: '1',
        GOVERNED_STATE_HOME: this.stateHome,
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const running = follow(child);
    this.#running.push(running);
    return running;
  }

  run(
    args: readonly string[],
    options?: { readonly cwd?: string; readonly env?: Record<string, string> },
  ): Promise<Finished> {
    return this.start(args, options).finished;
  }

  /** The server, once it listens; its watchdog beside it. */
  async serve(args: readonly string[] = []): Promise<Running> {
    const server = this.start(['serve', '--no-open', ...args]);
    await server.says(/#code=/);
    return server;
  }

  request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    return onceRecordFollows(
      () => this.#ask(method, path, options),
      ({ body }) => body['detail'],
    );
  }

  async #ask(method: string, path: string, options: RequestOptions): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      headers: {
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  }

  asOperator(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.request(method, path, {
      token: this.token('operator'),
      ...(body === undefined ? {} : { body }),
    });
  }

  /** Ends everything that was started and removes the folder. */
  async close(): Promise<void> {
    if (!existsSync(this.root)) return;
    await this.run(['kill-switch', 'on', '--reason', 'the scenario is over']);
    await this.run(['down']);
    for (const { child } of this.#running) child.kill('SIGKILL');
    await Promise.all(this.#running.map(({ finished }) => finished));
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

function follow(child: ChildProcess): Running {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const finished = new Promise<Finished>((resolveFinished) => {
    child.once('close', (code) => resolveFinished({ code, stdout, stderr }));
    // Not started at all: nothing closes.
    child.once('error', (error) => resolveFinished({ code: null, stdout, stderr: stderr + error.message }));
  });
  const output = (): string => stdout + stderr;
  return {
    child,
    output,
    finished,
    async says(pattern, limitMs = 40_000) {
      const until = Date.now() + limitMs;
      for (;;) {
        const match = pattern.exec(output());
        if (match !== null) return match;
        if (Date.now() > until) throw new Error(`waited ${limitMs} ms for ${pattern} in:\n${output()}`);
        await sleep(10);
      }
    },
  };
}

/** Asks again for as long as the disk of this machine is so busy that audit.jsonl is late, and what needs its line is refused. */
export async function onceRecordFollows<T>(
  ask: () => Promise<T>,
  detail: (answer: T) => unknown,
  limitMs = 60_000,
): Promise<T> {
  for (const until = Date.now() + limitMs; ; await sleep(50)) {
    const answer = await ask();
    if (!String(detail(answer)).startsWith('audit.jsonl is late') || Date.now() > until) return answer;
  }
}

/** Asks until the answer is there. */
export async function eventually<T>(
  ask: () => Promise<T | null> | T | null,
  what: string,
  limitMs = 40_000,
): Promise<T> {
  const until = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > until) throw new Error(`waited ${limitMs} ms for ${what}`);
    await sleep(20);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const address = probe.address();
  await new Promise((closed) => probe.close(closed));
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has a port');
  return address.port;
}
