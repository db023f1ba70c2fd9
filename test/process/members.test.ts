import { describe, expect, it } from 'vitest';
import { membersOf } from '../../src/process/members.ts';
import { listProcIds } from '../../src/process/proc-file.ts';
import { type ProcStat, readStat } from '../../src/process/proc-stat.ts';
import { bootId } from '../../src/process/process-id.ts';
import { carriersOf, indexProcesses, mayHide, type Snapshot } from '../../src/process/snapshot.ts';
import { startTree, until } from './tree-fixture.ts';

const SHELL = 9_000_040;
const MARKER = 'GOVERNED_RUN_ID=run_1';
const ROOT = 9_000_100;
const ROOT_TICKS = 5000;
/** The only pid that must be real: the tree is looked for by this process. */
const SELF = process.pid;

type Process = Partial<ProcStat> & { pid: number; environ?: string };

/** The system besides the tree: init, a terminal's shell, and this process in the shell's session. */
const SURROUNDINGS: Process[] = [
  { pid: 1, parentPid: 0, groupId: 1, sessionId: 1, startTicks: 1 },
  { pid: SHELL, groupId: SHELL, sessionId: SHELL, startTicks: 4000 },
  { pid: SELF, parentPid: SHELL, groupId: SELF, sessionId: SHELL, startTicks: 4500 },
];

function snapshotOf(processes: Process[]): Snapshot {
  const all = [...SURROUNDINGS, ...processes].map(({ environ = 'EMPTY=1', ...given }) => {
    const stat: ProcStat = {
      name: `p${given.pid}`,
      state: 'S',
      parentPid: 1,
      groupId: given.pid,
      sessionId: given.pid,
      isKernelThread: false,
      ownTicks: 0,
      waitedTicks: 0,
      threads: 1,
      startTicks: ROOT_TICKS + 10,
      ...given,
    };
    return { stat, environ: { startTicks: stat.startTicks, bytes: Buffer.from(environ) } };
  });
  return indexProcesses(
    all.map(({ stat }) => stat),
    ROOT_TICKS,
    new Map(all.map(({ stat, environ }) => [stat.pid, environ])),
    true,
  );
}

function found(processes: Process[], root = { pid: ROOT, startTicks: ROOT_TICKS, bootId: bootId() }) {
  const { members, groups } = membersOf(snapshotOf(processes), { root, marker: MARKER });
  return {
    pids: members.map(({ pid }) => pid).sort((a, b) => a - b),
    groups: groups.toSorted((a, b) => a - b),
  };
}

const root: Process = { pid: ROOT, parentPid: SELF, startTicks: ROOT_TICKS };

describe('the members of a tree', () => {
  it('are the root, its descendants, and the sessions and groups they made', () => {
    const tree = [
      root,
      { pid: 9_000_101, parentPid: ROOT, groupId: ROOT, sessionId: ROOT },
      { pid: 9_000_102, parentPid: 9_000_101 },
      // Its parent is gone, but it is in the session that 9_000_102 made.
      { pid: 9_000_103, parentPid: 1, groupId: 9_000_103, sessionId: 9_000_102 },
    ];
    expect(found(tree)).toEqual({
      pids: [ROOT, 9_000_101, 9_000_102, 9_000_103],
      groups: [ROOT, 9_000_102, 9_000_103],
    });
  });

  it('are found by the marker when every link is gone, but only by the whole entry', () => {
    const strays = [
      { pid: 9_000_201, environ: `A=1\0${MARKER}\0` },
      { pid: 9_000_202, environ: `${MARKER}\0B=2` },
      { pid: 9_000_203, environ: `B=2\0${MARKER}` },
      { pid: 9_000_204, environ: `A=1\0${MARKER}2\0` },
      { pid: 9_000_205, environ: `A=1\0X${MARKER}\0` },
      { pid: 9_000_206, environ: `A=x ${MARKER}\0` },
      { pid: 9_000_207, parentPid: 9_000_201 },
    ];
    expect(found(strays).pids).toEqual([9_000_201, 9_000_202, 9_000_203, 9_000_207]);
  });

  it('do not include a process that got the pid of the root', () => {
    expect(
      found([
        { ...root, startTicks: ROOT_TICKS + 1 },
        { pid: 9_000_101, parentPid: ROOT },
      ]).pids,
    ).toEqual([]);
  });

  it('do not include a later session that got the number of the root', () => {
    // Its leader has ended as well: nothing but the number says that it belongs together.
    expect(found([{ pid: 9_000_300, sessionId: ROOT, groupId: ROOT }]).pids).toEqual([]);
  });

  it('are none after the machine was restarted', () => {
    expect(found([root], { pid: ROOT, startTicks: ROOT_TICKS, bootId: 'another boot' }).pids).toEqual([]);
  });

  it('never include us, our ancestors, or what is older than the root, whatever their environment says', () => {
    const processes = SURROUNDINGS.map((each) => ({ ...each, environ: `${MARKER}\0` }));
    const older = { pid: 9_000_060, startTicks: ROOT_TICKS - 1, environ: `${MARKER}\0` };
    expect(found([root, ...processes, older]).pids).toEqual([ROOT]);
  });

  it('do not pull in the session of a terminal that one of them is in', () => {
    const inTerminal = { pid: 9_000_400, parentPid: SHELL, sessionId: SHELL, environ: `${MARKER}\0` };
    const neighbour = { pid: 9_000_401, parentPid: SHELL, sessionId: SHELL };
    expect(found([inTerminal, neighbour]).pids).toEqual([9_000_400]);
  });

  it('do not pull in a session whose leader lives and is not one of them', () => {
    const leader = { pid: 9_000_500 };
    const carrier = { pid: 9_000_501, parentPid: 9_000_500, sessionId: 9_000_500, environ: `${MARKER}\0` };
    const neighbour = { pid: 9_000_502, parentPid: 9_000_500, sessionId: 9_000_500 };
    expect(found([leader, carrier, neighbour]).pids).toEqual([9_000_501]);
  });

  it('do not include zombies, yet follow a root that is one', () => {
    const zombie = { ...root, state: 'Z' };
    const orphan = { pid: 9_000_101, groupId: ROOT, sessionId: ROOT };
    expect(found([zombie, orphan, { pid: 9_000_102, parentPid: 9_000_101, state: 'Z' }]).pids).toEqual([
      9_000_101,
    ]);
  });

  it('name only those groups in which nobody else is', () => {
    const sharedGroup = {
      pid: 9_000_600,
      parentPid: SHELL,
      groupId: SHELL,
      sessionId: SHELL,
      environ: `${MARKER}\0`,
    };
    expect(found([root, sharedGroup])).toEqual({ pids: [ROOT, 9_000_600], groups: [ROOT] });
  });

  it('refuse to be looked for from inside', () => {
    const self = { pid: SELF, startTicks: 4500, bootId: bootId() };
    expect(() => found([], self)).toThrow(/is this process or one it was started by/);
  });
});

describe('a scan', () => {
  it('may hide a process where it did not come to the newest one', () => {
    expect(mayHide(indexProcesses([], ROOT_TICKS, new Map(), true))).toBe(false);
    expect(mayHide(indexProcesses([], ROOT_TICKS, new Map(), false))).toBe(true);
  });

  it('may hide one that has neither an environment nor arguments, as in the middle of an exec', async () => {
    // Nobody waits for the child, and a zombie has given up both.
    const { handle } = await startTree(['sh', '-c', 'true & exec sleep 600']);
    const zombie = () =>
      listProcIds('/proc')
        ?.flatMap((pid) => readStat(pid) ?? [])
        .find(isZombie);
    const isZombie = (stat: ProcStat): boolean => stat.parentPid === handle.root.pid && stat.state === 'Z';
    await until(() => zombie() !== undefined, 'its child has ended');
    const inExec = { ...zombie(), state: 'S' } as ProcStat;
    const snapshot = indexProcesses([inExec], 0, new Map(), true);
    expect(mayHide(snapshot)).toBe(false);
    expect(carriersOf(snapshot, MARKER)).toEqual([]);
    expect(mayHide(snapshot)).toBe(true);

    const root = readStat(handle.root.pid);
    const plain = indexProcesses(root === undefined ? [] : [root], 0, new Map(), true);
    carriersOf(plain, MARKER);
    expect(mayHide(plain)).toBe(false);
  });
});
