// Tells you of an event that needs you, or that you should know of: what is held, paused, killed, or near a cap.
// It is called for one event at a time; whatever goes wrong in here is recorded and changes nothing else.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** `event` is the event of the record, with `kind`, `text` (one line) and `link` (where to decide) added. */
export default async function notify(event) {
  const { NOTIFY_URL: url } = process.env;
  if (url !== undefined) {
    // A topic of ntfy, or anything else that takes a POST of plain text.
    const headers = { title: `governed-agents: ${event.kind}`, click: event.link };
    const answer = await fetch(url, { method: 'POST', headers, body: event.text });
    if (!answer.ok) throw new Error(`${new URL(url).host} answered ${answer.status}`);
  } else if (process.platform === 'darwin') {
    const script = 'on run {text}\ndisplay notification text with title "governed-agents"\nend run';
    await run('osascript', ['-e', script, event.text]);
  } else {
    await run('notify-send', ['--app-name=governed-agents', `governed-agents: ${event.kind}`, event.text]);
  }
}
