// Runs git for the git-push executor, with what makes it run another program taken away: it asks nobody, speaks only the protocol of the
// one address, and gets a password by a helper that reads it from its own environment.
import { spawn } from 'node:child_process';

export interface GitPlace {
  /** The bare folder that it works in. */
  readonly place: string;
  readonly address: string;
  readonly credentials: { readonly username: string; readonly password: string } | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

export interface GitEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  /** The last of what it wrote for people, without the password. */
  readonly said: string;
  readonly timedOut: boolean;
}

export type Git = (args: readonly string[]) => Promise<GitEnd>;

const HELPER = `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' "$GOVERNED_GIT_USERNAME" "$GOVERNED_GIT_PASSWORD"; }; f`;
const MOST_BYTES = 256 * 1024;
const SAID_CHARACTERS = 1_000;
const SPARE_MS = 3_000;

export function gitOf(of: GitPlace): Git {
  const untilMs = performance.now() + Math.max(of.timeoutMs / 2, of.timeoutMs - SPARE_MS);
  const config = [
    '-c',
    'core.hooksPath=/dev/null',
    '-c',
    'gc.auto=0',
    '-c',
    'push.recurseSubmodules=no',
    '-c',
    'http.followRedirects=false',
    ...(of.credentials === null ? [] : ['-c', 'credential.helper=', '-c', `credential.helper=${HELPER}`]),
  ];
  return (args) => runGit(of, ['--git-dir', of.place, ...config, ...args], untilMs);
}

function runGit(of: GitPlace, args: readonly string[], untilMs: number): Promise<GitEnd> {
  return new Promise((resolve) => {
    const child = spawn('git', args, {
      cwd: of.place,
      env: environment(of),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    let timedOut = false;
    // The last look at the remote, after a push broke off, has a little time of its own.
    const timer = setTimeout(
      () => {
        timedOut = true;
        child.kill('SIGKILL');
      },
      Math.max(1_000, untilMs - performance.now()),
    );
    const end = (exitCode: number | null, problem: string): void => {
      clearTimeout(timer);
      const said = `${stderr()}${problem}`.trim().slice(-SAID_CHARACTERS);
      const { credentials } = of;
      resolve({
        exitCode,
        stdout: stdout(),
        said: credentials === null ? said : said.replaceAll(credentials.password, '[secret]'),
        timedOut,
      });
    };
    child.once('error', (error) => end(null, error.message));
    child.once('close', (code) => end(code, ''));
    // What it started may hold its pipes open; whoever started us ends that.
    child.once('exit', () => {
      if (timedOut) end(null, 'its time was over');
    });
  });
}

function environment({ address, credentials, env }: GitPlace): Record<string, string> {
  const kept = [
    'PATH',
    'LANG',
    'HOME',
    'GOVERNED_EXECUTION',
    'SSH_AUTH_SOCK',
    'GIT_SSH_COMMAND',
    'GIT_SSL_CAINFO',
  ].flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    ...Object.fromEntries(kept),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: protocolOf(address),
    GIT_NO_REPLACE_OBJECTS: '1',
    ...(credentials === null
      ? {}
      : { GOVERNED_GIT_USERNAME: credentials.username, GOVERNED_GIT_PASSWORD: credentials.password }),
  };
}

function protocolOf(address: string): string {
  if (address.startsWith('/')) return 'file';
  return /^[a-z]+(?=:\/\/)/.exec(address)?.[0] ?? 'ssh';
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes <= MOST_BYTES) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
