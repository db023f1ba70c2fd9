// Opens a link where a browser is likely to be, and says how to reach it from afar in an SSH session.
import { spawn } from 'node:child_process';
import { hostname } from 'node:os';

/** False when there is none to be expected here. */
export function openInBrowser(link: string): boolean {
  const program = opener();
  if (program === null) return false;
  const child = spawn(program, [link], { detached: true, stdio: 'ignore' });
  // Without a browser the link stands on the terminal already.
  child.on('error', () => undefined);
  child.unref();
  return true;
}

function opener(): string | null {
  const { env } = process;
  if (isSsh()) return null;
  if (process.platform === 'darwin') return 'open';
  const hasScreen = isSet(env['DISPLAY']) || isSet(env['WAYLAND_DISPLAY']);
  return process.platform === 'linux' && hasScreen ? 'xdg-open' : null;
}

/** The line to type at home; null outside of an SSH session. */
export function sshHint(port: number): string | null {
  if (!isSsh()) return null;
  return `ssh -L ${port}:127.0.0.1:${port} ${hostname()}   then open the link there`;
}

function isSsh(): boolean {
  return isSet(process.env['SSH_CONNECTION']) || isSet(process.env['SSH_TTY']);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
