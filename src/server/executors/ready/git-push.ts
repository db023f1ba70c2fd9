// The ready executor git-push: one commit, named by its whole hash, to one branch of one remote that the operator listed. The repository's
// own configuration and hooks, which an agent may have written, take no part: objects are read from it and nothing else.
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { temporaryFolder } from '../../../config/entry.ts';
import { faultCode } from '../../../core/fault-code.ts';
import { matchGlob } from '../../../core/policy/glob.ts';
import type { GitPushSettings } from '../../../core/rules/program-rules.ts';
import { type ActionContext, type ActionReport, failed, readPayload } from './action.ts';
import { type Git, gitOf } from './git.ts';
import { LeadsElsewhere } from './open-folder.ts';
import { NotTaken, takeObjects } from './take-objects.ts';

const payloadShape = z.strictObject({
  remote: z.string().optional(),
  branch: z.string().max(250),
  commit: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'the whole hash of a commit, in lower-case hex'),
  /** Not a fast-forward: the branch must be at this commit now. */
  replaces: z
    .string()
    .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'the whole hash of a commit, in lower-case hex')
    .optional(),
});

interface Push {
  readonly address: string;
  readonly ref: string;
  readonly commit: string;
  readonly replaces: string | null;
}

export async function gitPush(
  payload: unknown,
  settings: GitPushSettings,
  context: ActionContext,
): Promise<ActionReport> {
  const read = readPayload(payloadShape, payload);
  if (!read.ok) return read.why;
  const push = makePush(read.value, settings);
  if (typeof push === 'string') return failed(push);
  const token = settings.token === null ? null : context.env[settings.token.env];
  if (token === undefined || token === '')
    return failed(`${settings.token?.env} is not set in the server's environment`);
  const place = await mkdtemp(join(temporaryFolder(), 'governed-push-'));
  try {
    const credentials =
      token === null || settings.token === null ? null : { ...settings.token, password: token };
    const git = gitOf({
      place,
      address: push.address,
      credentials,
      env: context.env,
      timeoutMs: context.timeoutMs,
    });
    const format = push.commit.length === 64 ? 'sha256' : 'sha1';
    const made = await git(['init', '--quiet', '--bare', `--object-format=${format}`, '--template=', place]);
    if (made.exitCode !== 0) return failed(`git can't make a folder to push from: ${made.said}`);
    const { projectDir } = context;
    try {
      await takeObjects({ projectDir, repository: settings.repository }, join(place, 'objects'));
    } catch (error) {
      return failed(whyNotTaken(error, settings.repository));
    }
    return await pushFrom(git, push);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Nothing was sent yet. */
function whyNotTaken(error: unknown, repository: string): string {
  if (error instanceof NotTaken) return error.message;
  if (error instanceof LeadsElsewhere) return `${repository} leads elsewhere: ${error.message}`;
  const code = faultCode(error);
  if (code === null) throw error;
  return `${repository} can't be read (${code})`;
}

function makePush(payload: z.output<typeof payloadShape>, settings: GitPushSettings): Push | string {
  const names = Object.keys(settings.remotes);
  const remote = payload.remote ?? (names.length === 1 ? names[0] : undefined);
  if (remote === undefined) return `payload.remote must be one of ${names.join(', ')}`;
  const address = Object.hasOwn(settings.remotes, remote) ? settings.remotes[remote] : undefined;
  if (address === undefined)
    return `${JSON.stringify(remote)} is not among the allowed remotes: ${names.join(', ')}`;
  const { branch, commit } = payload;
  if (!isBranch(branch)) return `${JSON.stringify(branch)} is no name of a branch`;
  if (!settings.branches.some((pattern) => matchGlob(pattern, branch)))
    return `${branch} is not among the allowed branches: ${settings.branches.join(', ')}`;
  if (payload.replaces !== undefined && !settings.force)
    return 'the payload replaces a commit, and force is not set in [executors]';
  return { address, ref: `refs/heads/${branch}`, commit, replaces: payload.replaces ?? null };
}

/** A part of what git takes: no name that is an option, another ref or a pattern. */
function isBranch(name: string): boolean {
  const parts = name.split('/');
  return (
    /^[A-Za-z0-9_][\w./+@-]*$/.test(name) &&
    !/\.\.|@\{|\.$/.test(name) &&
    parts.every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'))
  );
}

async function pushFrom(git: Git, push: Push): Promise<ActionReport> {
  const { address, ref, commit, replaces } = push;
  const kind = await git(['cat-file', '-t', commit]);
  if (kind.exitCode !== 0 || kind.stdout.trim() !== 'commit')
    return failed(`the repository has no commit ${commit}`);
  const before = await tipOf(git, push);
  if (typeof before === 'object') return failed(`the remote can't be asked: ${before.said}`);
  const facts = { remote: address, ref, commit, was: before === '' ? null : before };
  if (before === commit) return { outcome: 'executed', detail: { ...facts, already_there: true } };
  const lease = replaces === null ? [] : [`--force-with-lease=${ref}:${replaces}`];
  const pushed = await git([
    'push',
    '--porcelain',
    '--no-verify',
    ...lease,
    '--',
    address,
    `${commit}:${ref}`,
  ]);
  if (pushed.exitCode === 0) return { outcome: 'executed', detail: facts };
  // What the other side said of this very ref stands; anything else may have broken off after it acted.
  const refused = pushed.stdout.split('\n').find((line) => line.startsWith('!'));
  if (refused !== undefined && !pushed.timedOut)
    return failed(`the push was refused: ${refused.split('\t').slice(2).join(' ')}`, {
      ...facts,
      said: pushed.said,
    });
  const now = await tipOf(git, push);
  if (now === commit) return { outcome: 'executed', detail: { ...facts, seen_after_break: true } };
  return {
    outcome: 'unknown',
    detail: {
      ...facts,
      reason: `the push broke off: ${pushed.said}`,
      now: typeof now === 'string' ? now : null,
    },
  };
}

/** Where the branch is on the other side; '' when it is not there. */
async function tipOf(git: Git, { address, ref }: Push): Promise<string | { readonly said: string }> {
  const asked = await git(['ls-remote', '--', address, ref]);
  if (asked.exitCode !== 0) return { said: asked.said };
  const line = asked.stdout.split('\n').find((each) => each.endsWith(`\t${ref}`));
  return line?.split('\t')[0] ?? '';
}
