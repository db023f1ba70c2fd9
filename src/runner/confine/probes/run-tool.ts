// Runs a small program of the system as an attempt. A program that is missing makes the attempt unclear, never held.
import { spawnSync } from 'node:child_process';
import { escaped, type Finding, held, unclear } from './probe.ts';

const LIMIT_MS = 5_000;
const REFUSED =
  /not permitted|permission denied|read-only|no space left|no such|cannot open|bad file|must be superuser|not found|too large|temporarily unavailable|not implemented|not supported|invalid argument/i;

/** Ends well: escaped. Ends badly with a refusal that we know: held. */
export function tryTool(program: string, args: readonly string[], cwd = '/'): Finding {
  const { error, status, signal, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  if (error !== undefined) return unclear(`${program}: ${error.message}`);
  const all = `${stderr.trim()} ${stdout.trim()}`.trim();
  // The reason is at the end, after paths of any length.
  const said = all.slice(-160);
  if (status === 0) return escaped(said || `${program} succeeded`);
  return REFUSED.test(all) ? held(said) : unclear(`${program} ended with ${status ?? signal}: ${said}`);
}

interface SystemCall {
  readonly x64: number;
  readonly arm64: number;
}

const PERL = '/usr/bin/perl';
export const PYTHON = '/usr/bin/python3';

/** One system call, made by Perl or Python, whichever there is. Arguments are numbers or text. */
export function trySystemCall(call: SystemCall, args: readonly (number | string)[]): Finding {
  const number = process.arch === 'arm64' ? call.arm64 : process.arch === 'x64' ? call.x64 : undefined;
  if (number === undefined) return unclear(`the numbers of system calls on ${process.arch} are not known`);
  const perl = tryTool(PERL, ['-e', PERL_CALL, String(number), ...args.map(encode)]);
  return perl.outcome === 'unclear' && perl.detail.includes('ENOENT')
    ? tryTool(PYTHON, ['-c', PYTHON_CALL, String(number), ...args.map(encode)])
    : perl;
}

function encode(arg: number | string): string {
  return typeof arg === 'number' ? `n${arg}` : `s${arg}`;
}

const PERL_CALL = `
my ($number, @args) = @ARGV;
@args = map { my $rest = substr($_, 1); substr($_, 0, 1) eq 'n' ? $rest + 0 : "$rest\\0" } @args;
$number += 0;
my $result = syscall($number, @args);
if ($result == -1) { print STDERR "$!\\n"; exit 1 }
print "answered $result\\n"; exit 0;
`;

const PYTHON_CALL = `
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
args = [ctypes.c_long(int(a[1:])) if a[0] == 'n' else ctypes.c_char_p(a[1:].encode()) for a in sys.argv[2:]]
result = libc.syscall(ctypes.c_long(int(sys.argv[1])), *args)
if result == -1:
    print(os.strerror(ctypes.get_errno()), file=sys.stderr); sys.exit(1)
print('answered', result)
`;
