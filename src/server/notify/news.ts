// Which events a person is told of, and in which words. One thing that happened is told once, though it may stand in the record as several
// events: a paused agent and each of its paused runs, say.
import { cutText } from '../../core/cut-text.ts';
import { formatUsdLimit, formatUsdOf } from '../../core/ledger/money.ts';
import type { NotifyKind } from '../../core/rules/program-rules.ts';
import { visibleString } from '../../core/visible-text.ts';
import type { EventRow } from '../../store/read/events.ts';

export interface News {
  readonly kind: NotifyKind;
  /** One line for a person, with nothing hidden in it. */
  readonly text: string;
}

/** What a look at one event needs of those before it: several events of one commit have the same time. */
export interface Told {
  agentKilledAtMs: ReadonlyMap<string, number>;
  killSwitchAtMs: number | null;
}

const LONGEST = 300;

export function newsOf(row: EventRow, told: Told): News | null {
  if (!mayBeNews(row.event_type) || row.payload === null) return null;
  const payload = JSON.parse(row.payload) as Readonly<Record<string, unknown>>;
  const kind = kindOf(row, payload, told);
  if (row.event_type === 'kill_switch') told.killSwitchAtMs = row.ts_ms;
  if (row.event_type === 'agent_killed' && row.agent_id !== null)
    told.agentKilledAtMs = new Map(told.agentKilledAtMs).set(row.agent_id, row.ts_ms);
  if (kind === null) return null;
  const who = whoOf(row);
  const text = visibleString(`${who}: ${wordsOf(row.event_type, payload)}`).replace(/\s+/g, ' ');
  return { kind, text: cutText(text, LONGEST) };
}

/** What is about one run alone says so: the agent's others go on. */
function whoOf({ agent_id, run_id, event_type }: EventRow): string {
  if (agent_id === null) return event_type === 'kill_switch' ? 'all agents' : 'the operator';
  return event_type.startsWith('run_') && run_id !== null ? `${agent_id} (${run_id})` : agent_id;
}

/** Nearly all events are none, and are not parsed. */
function mayBeNews(eventType: string): boolean {
  return (
    eventType.startsWith('audit_flag_') ||
    /^(proposal_submitted|agent_(paused|killed)|run_(paused|ended)|watchdog_(pause|warning)|budget_warning|kill_switch|action_unknown)$/.test(
      eventType,
    )
  );
}

function kindOf(row: EventRow, payload: Readonly<Record<string, unknown>>, told: Told): NotifyKind | null {
  const { source, status } = payload;
  switch (row.event_type) {
    case 'proposal_submitted':
      return status === 'pending' ? 'held' : null;
    case 'watchdog_pause':
      return 'paused';
    case 'agent_paused':
      // The watchdog paused a run first, and said what it found there.
      return source === 'watchdog' ? null : 'paused';
    case 'run_paused':
      return source === 'agent' ? null : 'paused';
    case 'agent_killed':
      return 'killed';
    case 'kill_switch':
      return payload['on'] === true ? 'killed' : null;
    case 'run_ended':
      if (status !== 'killed' && status !== 'over_budget') return null;
      return row.ts_ms === told.killSwitchAtMs || row.ts_ms === told.agentKilledAtMs.get(row.agent_id ?? '')
        ? null
        : 'killed';
    case 'audit_flag_tool_result':
      // Its run is paused with it, which says the same.
      return null;
    default:
      return 'warning';
  }
}

function wordsOf(eventType: string, payload: Readonly<Record<string, unknown>>): string {
  const text = (key: string): string => (typeof payload[key] === 'string' ? payload[key] : '');
  const because = text('reason') === '' ? '' : `: ${text('reason')}`;
  switch (eventType) {
    case 'proposal_submitted':
      return `${text('action_type')} waits for a person (${reasonsOf(payload)})`;
    case 'action_unknown':
      return `nobody knows whether ${text('action_type')} was carried out; look, then \`governed-agents resolve\``;
    case 'budget_warning':
      return `${capWords(payload)}`;
    case 'run_ended':
      return text('status') === 'over_budget' ? `ended at a cap${because}` : `killed${because}`;
    case 'agent_killed':
      return `killed${because}`;
    case 'kill_switch':
      return `kill switch on${because}`;
    case 'agent_paused':
    case 'run_paused':
    case 'watchdog_pause':
      return `paused${because}`;
    default:
      return eventType.startsWith('audit_flag_')
        ? `${eventType.slice('audit_flag_'.length).replaceAll('_', ' ')}${flagWords(payload)}`
        : `warning${because}`;
  }
}

function reasonsOf(payload: Readonly<Record<string, unknown>>): string {
  const { reasons } = payload;
  return Array.isArray(reasons) ? reasons.join('; ') : '';
}

function flagWords(payload: Readonly<Record<string, unknown>>): string {
  const said = payload['problem'] ?? payload['action_type'] ?? payload['route'];
  return typeof said === 'string' ? `: ${said}` : '';
}

function capWords({ cap, limit, posted, scope }: Readonly<Record<string, unknown>>): string {
  if (typeof cap !== 'string' || typeof limit !== 'number' || typeof posted !== 'number') return 'near a cap';
  const isMoney = cap.endsWith('_usd');
  const [used, most] = isMoney ? [formatUsdOf(posted, limit), formatUsdLimit(limit)] : [posted, limit];
  return `${used} of ${most} used of ${cap} (${String(scope)})`;
}
