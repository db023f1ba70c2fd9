// What an operator lets the ready executors do: to which hosts, remotes and folders. Nothing listed is nothing allowed, and a secret is
// named here, never written.
import * as z from 'zod';
import type { HeaderValue } from '../../core/rules/program-rules.ts';
import { field, fieldIssue, flag, line, lines, shown, text } from './field.ts';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const HOST = /^(?:(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
const HEADER = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
/** Made for each request; the key is the approval's own. */
const OF_THE_REQUEST = new Set([
  'connection',
  'content-length',
  'host',
  'idempotency-key',
  'transfer-encoding',
  'upgrade',
]);

const some = (expected: string, hint: string, fits: (item: string) => boolean) =>
  field(`a list of at least one ${expected}`, hint, (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item): item is string => typeof item === 'string' && fits(item))
      ? value
      : undefined,
  );

const variable = text('the name of a variable', 'write for example env = "API_TOKEN"', VARIABLE);

const headerTable = z.strictObject({ env: variable, prefix: line('write for example "Bearer "').optional() });

const header = z.unknown().transform((value, context): HeaderValue => {
  if (typeof value === 'string' && /^[\x20-\x7e]*$/.test(value)) return value;
  const parsed = headerTable.safeParse(value);
  if (parsed.success) return { env: parsed.data.env, prefix: parsed.data.prefix ?? '' };
  const hint = 'write "text", or { env = "API_TOKEN", prefix = "Bearer " } for a secret';
  context.addIssue(fieldIssue({ message: `must be text or name a variable, not ${shown(value)}`, hint }));
  return z.NEVER;
});

const headerName = z.string().superRefine((name, context) => {
  if (!HEADER.test(name)) {
    context.addIssue(fieldIssue({ message: 'is no name of a header', hint: 'write it in lower case' }));
  } else if (OF_THE_REQUEST.has(name)) {
    context.addIssue(fieldIssue({ message: 'is set for each request', hint: 'leave it out' }));
  }
});

/** Where git pushes to; what it would run as a program is no address. */
const remote = z.unknown().transform((value, context): string => {
  const problem = typeof value === 'string' ? whyNoRemote(value) : `must be text, not ${shown(value)}`;
  if (problem === null) return value as string;
  const hint =
    'write "https://host/path.git", "ssh://git@host/path.git", "git@host:path.git" or an absolute path';
  const isSecret = problem.includes('password');
  context.addIssue(
    fieldIssue({
      message: problem,
      hint: isSecret ? 'name it instead: token = { env = "GIT_TOKEN" }' : hint,
      code: isSecret ? 'secret_in_rules' : 'invalid_setting',
    }),
  );
  return z.NEVER;
});

function whyNoRemote(address: string): string | null {
  const nothing = `is no address of a repository: ${shown(address)}`;
  if (/^\/[^\0\n]+$/.test(address)) return null;
  if (/^[A-Za-z0-9_][\w.-]*@[A-Za-z0-9][\w.-]*:(?!:)[^\0\n\s-][^\0\n\s]*$/.test(address)) return null;
  if (!URL.canParse(address)) return nothing;
  const url = new URL(address);
  if (url.password !== '' || (url.protocol === 'https:' && url.username !== '')) {
    return 'holds a user name or password';
  }
  const isLocal = url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  const isKnown = url.protocol === 'https:' || url.protocol === 'ssh:' || isLocal;
  const isPlain =
    /^[A-Za-z0-9[]/.test(url.hostname) && url.search === '' && url.hash === '' && !/\s/.test(address);
  return isKnown && isPlain ? null : nothing;
}

const remoteName = z.string().superRefine((name, context) => {
  if (/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) return;
  context.addIssue(fieldIssue({ message: 'is no name of a remote', hint: 'use letters, digits, _ . and -' }));
});

export const readyKeys = {
  hosts: some('host', 'write for example hosts = ["api.example.com"]', (item) => HOST.test(item)).optional(),
  methods: some('method', 'write for example methods = ["GET", "POST"]', (item) =>
    METHODS.has(item),
  ).optional(),
  headers: z.record(headerName, header).optional(),
  repository: line('write for example repository = "."').optional(),
  remotes: z
    .record(remoteName, remote)
    .superRefine((remotes, context) => {
      if (Object.keys(remotes).length > 0) return;
      const hint = 'write for example remotes = { origin = "git@host:me/repo.git" }';
      context.addIssue(fieldIssue({ message: 'is empty', hint }));
    })
    .optional(),
  branches: some('branch', 'write for example branches = ["main", "release/*"]', (item) =>
    /^[A-Za-z0-9*][\w./*-]*$/.test(item),
  ).optional(),
  force: flag.optional(),
  token: z.strictObject({ env: variable, username: line('write for example "git"').optional() }).optional(),
  folders: lines('folders', 'write for example folders = ["published"]').optional(),
  overwrite: flag.optional(),
};
