// Which calls to the kernel a jail refuses, as the filter program that the kernel runs on each: those that reach past namespaces (AF_VSOCK,
// keyrings, io_uring's own way to sockets), those that let a process wake itself while it is frozen, those that leave a program which runs with its owner's rights (outside, that owner is the operator,
// or root), those that change the jail's first process, and those that only serve to take the machine over. Everything else is the namespaces' to hold.
import { constants } from 'node:os';

interface ModeCall {
  readonly number: number;
  readonly mode: number;
  readonly flags?: number;
}

interface Machine {
  /** AUDIT_ARCH of linux/audit.h. */
  readonly audit: number;
  /** First number of the x32 calls, which are the same calls under other numbers. */
  readonly x32: number | null;
  readonly socket: number;
  readonly ioctl: number;
  readonly fcntl: number;
  readonly refused: readonly number[];
  /** Calls that give a file its mode, and which argument holds it; for those that open, which one says whether a file is made. */
  readonly modes: readonly ModeCall[];
  /** Calls that reach into another process, and which argument names it. */
  readonly reaches: readonly { readonly number: number; readonly process: number }[];
  /** Answered as if the kernel were older, so that programs do without. */
  readonly missing: readonly number[];
}

// add_key request_key keyctl bpf perf_event_open userfaultfd kexec_load kexec_file_load init_module finit_module delete_module mount umount2
// pivot_root swapon swapoff reboot acct quotactl syslog settimeofday clock_settime clock_adjtime setns unshare open_by_handle_at
const X64_REFUSED = [
  ...[248, 249, 250, 321, 298, 323, 246, 320, 175, 313, 176, 165, 166],
  ...[155, 167, 168, 169, 163, 179, 103, 164, 227, 305, 308, 272, 304],
  // iopl ioperm
  ...[172, 173],
];
const ARM64_REFUSED = [
  ...[217, 218, 219, 280, 241, 282, 104, 294, 105, 273, 106, 40, 39],
  ...[41, 224, 225, 142, 89, 60, 116, 170, 112, 266, 268, 97, 265],
];
// io_uring_setup io_uring_enter io_uring_register open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr: the same everywhere;
// and openat2, whose mode lies in memory, where no filter can look.
const MISSING = [425, 426, 427, 428, 429, 430, 431, 432, 433, 442, 437];
// timer_create mq_notify: the kernel would send a signal that lies in memory too, and SIGCONT ends every freeze. Timers of one process that
// send SIGALRM, and those that are read, stay.
const X64_MISSING = [222, 244];
const ARM64_MISSING = [107, 184];

// chmod fchmod creat mknod, fchmodat fchmodat2 mknodat, open, openat. A folder is never made with these bits.
const X64_MODES: readonly ModeCall[] = [
  ...[90, 91, 85, 133].map((number) => ({ number, mode: 1 })),
  ...[268, 452, 259].map((number) => ({ number, mode: 2 })),
  { number: 2, mode: 2, flags: 1 },
  { number: 257, mode: 3, flags: 2 },
];
const ARM64_MODES: readonly ModeCall[] = [
  { number: 52, mode: 1 },
  ...[53, 452, 33].map((number) => ({ number, mode: 2 })),
  { number: 56, mode: 3, flags: 2 },
];
/** By its own hand it could be made to live on without its parent, and with it all the jail. */
const FIRST_PROCESS = 1;
/** The bits of a mode with which a program runs as its owner or group. */
const SET_ID = 0o6000;
/** O_CREAT, and O_TMPFILE without the bits that it shares with O_DIRECTORY: the same on both machines. */
const MAKES_FILE = 0o20_000_100;

const MACHINES: Readonly<Record<string, Machine>> = {
  x64: {
    audit: 0xc000_003e,
    x32: 0x4000_0000,
    socket: 41,
    ioctl: 16,
    fcntl: 72,
    refused: X64_REFUSED,
    modes: X64_MODES,
    // ptrace process_vm_writev
    reaches: [
      { number: 101, process: 1 },
      { number: 311, process: 0 },
    ],
    missing: [...MISSING, ...X64_MISSING],
  },
  arm64: {
    audit: 0xc000_00b7,
    x32: null,
    socket: 198,
    ioctl: 29,
    fcntl: 25,
    refused: ARM64_REFUSED,
    modes: ARM64_MODES,
    reaches: [
      { number: 117, process: 1 },
      { number: 271, process: 0 },
    ],
    missing: [...MISSING, ...ARM64_MISSING],
  },
};

/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: each belongs to a network namespace. */
const FAMILIES = [1, 2, 10, 16];
/** TIOCSTI and TIOCLINUX put words into a terminal. */
const TERMINAL_INPUT = [0x5412, 0x541c];
/** Which signal says that a file is ready. */
const F_SETSIG = 10;

// The classic BPF of linux/bpf_common.h and linux/seccomp.h.
const LOAD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const JUMP_ANY_BIT = 0x45;
const RETURN = 0x06;
const ALLOW = 0x7fff_0000;
const ERROR = 0x0005_0000;
const AT = { number: 0, machine: 4, argument: (index: number) => 16 + 8 * index } as const;

const { EPERM, ENOSYS, EAFNOSUPPORT } = constants.errno;
const { SIGCONT } = constants.signals;

interface Step {
  readonly code: number;
  readonly value: number;
  readonly ifTrue: number;
  readonly ifFalse: number;
}

/** Null where the numbers of the calls are not known: such a machine has no filter, and the probes say what that means. */
export function systemCallFilter(machine: string): Buffer | null {
  const of = MACHINES[machine];
  if (of === undefined) return null;
  const fail = (errno: number): Step => step(RETURN, ERROR | errno);
  const steps: readonly Step[] = [
    step(LOAD, AT.machine),
    // Calls of another machine's form (32 bits) have other numbers.
    ...unless(of.audit, fail(ENOSYS)),
    step(LOAD, AT.number),
    ...(of.x32 === null ? [] : [step(JUMP_AT_LEAST, of.x32, 0, 1), fail(ENOSYS)]),
    ...of.refused.flatMap((number) => when(number, [fail(EPERM)])),
    ...of.missing.flatMap((number) => when(number, [fail(ENOSYS)])),
    ...when(of.socket, [
      step(LOAD, AT.argument(0)),
      ...FAMILIES.flatMap((family) => when(family, [step(RETURN, ALLOW)])),
      fail(EAFNOSUPPORT),
    ]),
    ...when(of.ioctl, [
      step(LOAD, AT.argument(1)),
      ...TERMINAL_INPUT.flatMap((request) => when(request, [fail(EPERM)])),
      step(RETURN, ALLOW),
    ]),
    ...when(of.fcntl, [
      step(LOAD, AT.argument(1)),
      step(JUMP_EQUAL, F_SETSIG, 1, 0),
      step(RETURN, ALLOW),
      step(LOAD, AT.argument(2)),
      ...when(SIGCONT, [fail(EPERM)]),
      step(RETURN, ALLOW),
    ]),
    ...of.modes.flatMap(({ number, mode, flags }) =>
      when(number, [
        ...(flags === undefined
          ? []
          : [step(LOAD, AT.argument(flags)), step(JUMP_ANY_BIT, MAKES_FILE, 1, 0), step(RETURN, ALLOW)]),
        step(LOAD, AT.argument(mode)),
        step(JUMP_ANY_BIT, SET_ID, 0, 1),
        fail(EPERM),
        step(RETURN, ALLOW),
      ]),
    ),
    ...of.reaches.flatMap(({ number, process }) =>
      when(number, [
        step(LOAD, AT.argument(process)),
        ...when(FIRST_PROCESS, [fail(EPERM)]),
        step(RETURN, ALLOW),
      ]),
    ),
    step(RETURN, ALLOW),
  ];
  return Buffer.concat(steps.map(encode));
}

function when(value: number, then: readonly Step[]): readonly Step[] {
  return [step(JUMP_EQUAL, value, 0, then.length), ...then];
}

function unless(value: number, otherwise: Step): readonly Step[] {
  return [step(JUMP_EQUAL, value, 1, 0), otherwise];
}

function step(code: number, value: number, ifTrue = 0, ifFalse = 0): Step {
  return { code, value, ifTrue, ifFalse };
}

function encode({ code, value, ifTrue, ifFalse }: Step): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(ifTrue, 2);
  bytes.writeUInt8(ifFalse, 3);
  bytes.writeUInt32LE(value >>> 0, 4);
  return bytes;
}
