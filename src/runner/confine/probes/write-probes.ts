// Attempts to change what is not the agent's, directly or through links. Nothing is changed by an attempt that succeeds: a file is opened for
// writing and closed, what is made is removed.
import {
  chmodSync,
  closeSync,
  fchmodSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Bait, MadeIn } from './bait.ts';
import { attempt, type Probe } from './probe.ts';
import { readSome } from './read-probes.ts';
import { trySystemCall } from './run-tool.ts';

function change(id: string, what: string, path: (bait: Bait) => string): Probe {
  return { id, what, attempt: (bait) => attempt(() => openForWriting(path(bait))) };
}

/** What is made is left there: outside it is looked whether it has come out of the jail, and removed. */
function make(id: MadeIn, what: string): Probe {
  return {
    id,
    what,
    attempt: ({ canary, made }) =>
      attempt(() => {
        const path = join(made[id], canary);
        writeFileSync(path, 'made by a probe\n', { flag: 'wx' });
        return `made ${path}`;
      }),
  };
}

function openForWriting(path: string): string {
  closeSync(openSync(path, 'r+'));
  return `opened ${path} for writing`;
}

/** Something in the workspace, removed afterwards whatever came of it. */
function inWorkspace(bait: Bait, name: string, act: (path: string) => string): string {
  const path = join(bait.workspace, `${name}-${process.pid}`);
  try {
    return act(path);
  } finally {
    rmSync(path, { force: true });
  }
}

function leave(way: string, act: (path: string) => void): Probe {
  return {
    id: `set-id.${way}`,
    what: `leave a program that runs as the operator for whoever starts it (${way})`,
    attempt: (bait) =>
      attempt(() =>
        inWorkspace(bait, `set-id-${way}`, (path) => {
          act(path);
          const { mode } = statSync(path);
          if ((mode & SET_ID) === 0)
            throw Object.assign(new Error('the bits were dropped'), { code: 'EPERM' });
          return `mode ${mode.toString(8)}`;
        }),
      ),
  };
}

const SET_ID = 0o6000;
const setId: readonly Probe[] = [
  leave('chmod', (path) => {
    writeFileSync(path, '');
    chmodSync(path, 0o4755);
  }),
  leave('group', (path) => {
    writeFileSync(path, '');
    chmodSync(path, 0o2755);
  }),
  leave('descriptor', (path) => {
    const file = openSync(path, 'w');
    try {
      fchmodSync(file, 0o4755);
    } finally {
      closeSync(file);
    }
  }),
  leave('open', (path) => closeSync(openSync(path, 'wx', 0o4755))),
  {
    id: 'set-id.node',
    what: 'leave a program that runs as the operator for whoever starts it (node)',
    attempt: ({ workspace }) => {
      const path = join(workspace, `set-id-node-${process.pid}`);
      // AT_FDCWD; an ordinary file.
      const finding = trySystemCall({ x64: 259, arm64: 33 }, [-100, path, 0o104755, 0]);
      rmSync(path, { force: true });
      return finding;
    },
  },
];

export const writeProbes: readonly Probe[] = [
  change('write.rules', 'edit governed.toml', ({ writes }) => writes.rules),
  change('write.policy', 'edit policy.toml', ({ writes }) => writes.policy),
  change('write.agent-file', 'edit its own agent.toml', ({ writes }) => writes.agentFile),
  change('write.accepted', 'edit the accepted copy of its files', ({ writes }) => writes.accepted),
  change('write.store', 'edit the store', ({ secrets }) => secrets.store),
  change('write.mirror', 'edit the record', ({ secrets }) => secrets.mirror),
  change('write.own-run', 'edit the runner’s files of this run', ({ secrets }) => secrets.ownRun),
  change('write.door', 'edit the door', ({ writes }) => writes.door),
  make('write.git-hooks', 'plant a hook in the project’s .git'),
  make('write.state', 'make files in the state'),
  make('write.home', 'make files in the operator’s home'),
  make('write.beside-workspace', 'make files beside the workspace'),
  make('write.system', 'plant a program in /usr'),
  make('write.configuration', 'make files in /etc'),
  make('write.root', 'make files in /'),
  make('write.dev', 'make files in /dev'),
  {
    id: 'write.modes',
    what: 'change the mode of a program of the system',
    attempt: () =>
      attempt(() => {
        chmodSync('/usr/bin/env', statSync('/usr/bin/env').mode & 0o7777);
        return 'set the mode of /usr/bin/env to what it was';
      }),
  },
  ...setId,
  {
    id: 'link.read',
    what: 'read a secret through a link in the workspace',
    attempt: (bait) =>
      attempt(() =>
        inWorkspace(bait, 'link-read', (path) => {
          symlinkSync(bait.secrets.operatorToken, path);
          return readSome(path);
        }),
      ),
  },
  {
    id: 'link.write',
    what: 'edit the rules through a link in the workspace',
    attempt: (bait) =>
      attempt(() =>
        inWorkspace(bait, 'link-write', (path) => {
          symlinkSync(bait.writes.rules, path);
          return openForWriting(path);
        }),
      ),
  },
  {
    id: 'link.hard',
    what: 'take a governing file into the workspace by a hard link',
    attempt: (bait) =>
      attempt(() =>
        inWorkspace(bait, 'link-hard', (path) => {
          linkSync(bait.writes.agentFile, path);
          return openForWriting(path);
        }),
      ),
  },
  {
    id: 'link.hard-accepted',
    what: 'take an accepted file, which it sees, into the workspace by a hard link',
    attempt: (bait) =>
      attempt(() =>
        inWorkspace(bait, 'link-accepted', (path) => {
          linkSync(bait.writes.accepted, path);
          return openForWriting(path);
        }),
      ),
  },
  {
    id: 'link.rename',
    what: 'move a file out of the workspace',
    attempt: (bait) =>
      attempt(() =>
        inWorkspace(bait, 'link-rename', (path) => {
          const outside = join(dirname(bait.workspace), `governed-moved-${process.pid}`);
          writeFileSync(path, 'moved by a probe\n');
          renameSync(path, outside);
          rmSync(outside);
          return `moved to ${outside}`;
        }),
      ),
  },
];
