// The status as a person reads it: what needs them first, then the parts, then the counts.
import { visibleLine } from '../../core/visible-text.ts';
import type { WireStatus } from '../../server/wire/record.ts';
import { mustHave } from '../answered-in-full.ts';
import type { Output } from '../output.ts';
import { outputWidth } from '../terminal.ts';
import { foldedWords } from './folded-words.ts';
import { ago, count, dollars, plural } from './words.ts';

/** Where the text of a row begins. */
const TEXT_COLUMN = 14;
/** Of the edited files; `policy check` has them all. */
const MOST_PROBLEMS = 3;

const SHOWN = [
  'server',
  'watchdog',
  'kill_switch',
  'rules.changed',
  'rules.problems',
  'mirror',
  'confinement',
  'record',
  'counts',
  'groups',
  'warnings',
];

export function showStatus(output: Output, status: WireStatus): void {
  mustHave(status, SHOWN);
  const { paint } = output;
  const nowMs = Date.parse(status.as_of);
  const say = (text: string, indent?: number): void => output.line(foldedWords(text, outputWidth(), indent));
  const row = (name: string, text: string): void =>
    say(`  ${paint.dim(name.padEnd(11))} ${text}`, TEXT_COLUMN);
  const good = (text: string): string => `${paint.green('●')} ${text}`;
  const bad = (text: string): string => `${paint.red('●')} ${text}`;

  output.line(`${paint.bold(status.project_dir)}  ${paint.dim(status.project_id)}`);
  const { server, watchdog, kill_switch: killSwitch, rules, mirror, confinement, record, counts } = status;
  const since = server.started_at === null ? '' : `, started ${ago(server.started_at, nowMs)}`;
  row(
    'server',
    server.up
      ? good(`http://localhost:${server.port} (pid ${server.pid}${since})`)
      : bad(
          server.pid === null
            ? 'down: `governed-agents serve`'
            : `gives no answer, and process ${server.pid} lives: it hangs or is stopped; \`governed-agents down\` ends it`,
        ),
  );
  row('watchdog', watchdog.alive ? good(`pid ${watchdog.pid}`) : bad('not alive: no run starts without it'));
  if (killSwitch.on) {
    row(
      'kill switch',
      bad(`ON: ${visibleLine(killSwitch.reason ?? 'no reason given')} · \`governed-agents kill-switch off\``),
    );
  }
  row('rules', rulesText(status, good, bad));
  row('mirror', mirror.ok ? good(mirrorText(status)) : bad(mirror.problem ?? 'failing'));
  if (confinement !== null) row('confines', confinementText(confinement, nowMs, good, bad));
  row('record', `${plural(record.seq, 'event')} · ${paint.dim(record.hash.slice(0, 16))}`);
  row('state', status.state_dir);
  output.line();
  row('waiting', waiting(status));
  const advisory = counts.runs_live_advisory;
  row(
    'runs',
    `${count(counts.runs_live)} live${advisory > 0 ? ` (${paint.yellow(`${count(advisory)} advisory`)})` : ''}, ${count(counts.runs_total)} in all`,
  );
  for (const group of status.groups) {
    const reserved = group.reserved_micro_usd === 0 ? '' : `, ${dollars(group.reserved_micro_usd)} reserved`;
    row(
      'group',
      `${visibleLine(group.group)}: ${count(group.runs_live)} live, ${dollars(group.spent_micro_usd)} spent${reserved}`,
    );
  }
  row(
    'agents',
    `${count(counts.agents)}${counts.agents_paused > 0 ? `, ${paint.yellow(`${count(counts.agents_paused)} paused`)}` : ''}`,
  );
  if (counts.flags > 0)
    row(
      'flags',
      paint.red(`${plural(counts.flags, 'flag')}: \`governed-agents audit list --type 'audit_flag_*'\``),
    );
  if (rules.changed.length > 0) output.line();
  for (const path of rules.changed.slice(0, 10)) output.line(`  ${paint.yellow('~')} ${visibleLine(path)}`);
  for (const { detail, hint } of rules.problems.slice(0, MOST_PROBLEMS))
    say(
      `  ${paint.red('✗')} ${visibleLine(detail)}${hint === null ? '' : paint.dim(` (${visibleLine(hint)})`)}`,
    );
  if (rules.changed.length > 10) output.line(`  ${paint.dim(`… ${rules.changed.length - 10} more`)}`);
  for (const warning of status.warnings) say(`  ${paint.yellow('!')} ${visibleLine(warning)}`);

  function waiting({
    counts: { proposals_pending: pending, proposals_unknown: unknown, runs_paused: paused },
  }: WireStatus): string {
    const parts: string[] = [];
    if (pending > 0) parts.push(paint.yellow(`${plural(pending, 'proposal')}: \`governed-agents approve\``));
    if (paused > 0)
      parts.push(
        paint.yellow(`${plural(paused, 'paused run')}: \`governed-agents runs\` says what lets it go on`),
      );
    if (unknown > 0)
      parts.push(
        paint.red(`${plural(unknown, 'unknown outcome')}: \`governed-agents proposals --status unknown\``),
      );
    return parts.length === 0 ? 'nothing' : parts.join(' · ');
  }
}

function mirrorText({ mirror, server }: WireStatus): string {
  if (mirror.lag === 0) return 'equal';
  return server.up ? `${mirror.lag} behind` : `${mirror.lag} behind, until the server runs and writes it`;
}

/** What the newest run's runner found; every run states its own tier. */
function confinementText(
  { tier, attempts, why, hint, tried_at: triedAt }: NonNullable<WireStatus['confinement']>,
  nowMs: number,
  good: (text: string) => string,
  bad: (text: string) => string,
): string {
  const tried = `tried ${ago(triedAt, nowMs)}`;
  if (tier === 'confined') return good(`confined: none of ${plural(attempts, 'escape')} worked, ${tried}`);
  const todo = hint === null ? '' : ` · ${visibleLine(hint)}`;
  return bad(`advisory: ${visibleLine(why ?? 'no reason was recorded')}, ${tried}${todo}`);
}

function rulesText(
  { rules, as_of }: WireStatus,
  good: (text: string) => string,
  bad: (text: string) => string,
): string {
  if (rules.hash === null) return bad('never accepted: `governed-agents accept`');
  const accepted =
    rules.accepted_at === null ? '' : `, accepted ${ago(rules.accepted_at, Date.parse(as_of))}`;
  const text = `${rules.hash.slice(0, 12)}${accepted}`;
  if (rules.changed.length + rules.problems.length === 0) return good(text);
  const edited = `${text} · ${plural(rules.changed.length, 'file')} edited since`;
  return rules.problems.length === 0
    ? bad(`${edited}: \`governed-agents accept\``)
    : bad(`${edited}, with mistakes, so what was accepted stays: \`governed-agents policy check\``);
}
