// Why something waits, without the command for a terminal: the page has a button for it right below.
export function pauseReason(reason: string): string {
  return reason.replace(/; raise it with `[^`]+`$/, '');
}
