// The commands by name, each with how it is written, what it does and where its code is. The list of `--help` is made of this table
// alone, and running a command loads that one command: nothing else is read from disk.
import type { Command } from 'commander';

/** Adds arguments, options and the action to the command; the action itself loads what it needs. */
export type Define = (command: Command) => void;

/** What every command takes; a command that was given nothing else needs no parser for its options. */
export interface PlainOptions {
  readonly project?: string;
  readonly json?: boolean;
}

export interface CommandModule {
  readonly define: Define;
  /** The command with no other options: commander is not loaded for it. */
  readonly plain?: (options: PlainOptions) => Promise<void>;
}

export interface CommandEntry {
  readonly name: string;
  /** What follows the name, as it is typed. */
  readonly usage: string;
  readonly about: string;
  readonly load: () => Promise<CommandModule>;
}

export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly CommandEntry[];
}

export const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    title: 'Begin',
    commands: [
      {
        name: 'demo',
        usage: '',
        about: 'the whole loop on real processes, in a throwaway folder',
        load: () => import('./commands/demo.ts'),
      },
      {
        name: 'init',
        usage: '[dir]',
        about: 'make a project; never overwrites',
        load: () => import('./commands/init.ts'),
      },
      {
        name: 'doctor',
        usage: '',
        about: 'what works on this machine, tried out',
        load: () => import('./commands/doctor.ts'),
      },
    ],
  },
  {
    title: 'Run',
    commands: [
      {
        name: 'serve',
        usage: '',
        about: 'the server on 127.0.0.1, with the watchdog beside it',
        load: () => import('./commands/serve.ts'),
      },
      {
        name: 'watchdog',
        usage: '',
        about: 'the independent watchdog, by itself',
        load: () => import('./commands/watchdog.ts'),
      },
      {
        name: 'up',
        usage: '',
        about: 'server and watchdog in the background',
        load: () => import('./commands/up.ts'),
      },
      {
        name: 'down',
        usage: '',
        about: 'end them',
        load: () => import('./commands/down.ts'),
      },
      {
        name: 'open',
        usage: '[proposal]',
        about: 'a fresh one-time link to the dashboard',
        load: () => import('./commands/open.ts'),
      },
      {
        name: 'run',
        usage: '<agent> [task]',
        about: 'one governed run of an agent',
        load: () => import('./commands/run.ts'),
      },
      {
        name: 'exec',
        usage: '-- <command…>',
        about: 'govern any command, in any folder',
        load: () => import('./commands/exec.ts'),
      },
    ],
  },
  {
    title: 'Look',
    commands: [
      {
        name: 'status',
        usage: '',
        about: 'health and live counts',
        load: () => import('./commands/status.ts'),
      },
      {
        name: 'scoreboard',
        usage: '',
        about: 'spend against caps, runs and proposals of each agent',
        load: () => import('./commands/scoreboard.ts'),
      },
      {
        name: 'runs',
        usage: '',
        about: 'runs and how they stand',
        load: () => import('./commands/runs.ts'),
      },
      {
        name: 'logs',
        usage: '<run>',
        about: 'the transcript of a run',
        load: () => import('./commands/logs.ts'),
      },
      {
        name: 'brief',
        usage: '',
        about: 'what happened while you were away',
        load: () => import('./commands/brief.ts'),
      },
      {
        name: 'audit',
        usage: 'list|verify|head',
        about: 'query and verify the record',
        load: () => import('./commands/audit.ts'),
      },
    ],
  },
  {
    title: 'Decide',
    commands: [
      {
        name: 'proposals',
        usage: '[proposal]',
        about: 'what agents proposed',
        load: () => import('./commands/proposals.ts'),
      },
      {
        name: 'approve',
        usage: '[proposal…]',
        about: 'look at proposals and approve them; without an id, all that wait',
        load: () => import('./commands/approve.ts'),
      },
      {
        name: 'reject',
        usage: '<proposal…>',
        about: 'refuse proposals',
        load: () => import('./commands/reject.ts'),
      },
      {
        name: 'grants',
        usage: '[add|revoke]',
        about: 'standing approvals, bounded by count, money and time',
        load: () => import('./commands/grants.ts'),
      },
      {
        name: 'resolve',
        usage: '<proposal> retry|executed|failed',
        about: 'settle an unknown outcome',
        load: () => import('./commands/resolve.ts'),
      },
      {
        name: 'accept',
        usage: '',
        about: 'put edited rules in force',
        load: () => import('./commands/accept.ts'),
      },
      {
        name: 'policy',
        usage: 'check|explain|test|simulate',
        about: 'validate the rules, ask what they say of an action, test them, or try them on the past',
        load: () => import('./commands/policy.ts'),
      },
      {
        name: 'budget',
        usage: '[agent]',
        about: 'caps and what is left; `budget raise` lifts one',
        load: () => import('./commands/budget.ts'),
      },
      {
        name: 'prices',
        usage: '',
        about: 'the price table in force',
        load: () => import('./commands/prices.ts'),
      },
    ],
  },
  {
    title: 'Stop',
    commands: [
      {
        name: 'pause',
        usage: '<agent|run>|--all',
        about: 'freeze process trees; works without the server',
        load: () => import('./commands/pause.ts'),
      },
      {
        name: 'resume',
        usage: '<agent|run>|--all',
        about: 'let them go on',
        load: () => import('./commands/resume.ts'),
      },
      {
        name: 'kill',
        usage: '<agent|run>|--all',
        about: 'end process trees; works without the server',
        load: () => import('./commands/kill.ts'),
      },
      {
        name: 'kill-switch',
        usage: 'on|off',
        about: 'stop everything and refuse everything new',
        load: () => import('./commands/kill-switch.ts'),
      },
    ],
  },
  {
    title: 'Keep',
    commands: [
      {
        name: 'backup',
        usage: '<file>',
        about: 'a consistent copy of the state',
        load: () => import('./commands/backup.ts'),
      },
    ],
  },
];

export function findCommand(name: string): CommandEntry | null {
  for (const group of COMMAND_GROUPS) {
    const found = group.commands.find((each) => each.name === name);
    if (found !== undefined) return found;
  }
  return null;
}
