// The small words that carry state: severity, status. Class names come from these tables alone, never from
// a string of the server or an agent.
export type Tone = 'calm' | 'good' | 'notice' | 'warn' | 'danger' | 'wait';

const STATUS_TONES: ReadonlyMap<string, Tone> = new Map<string, Tone>([
  ['ok', 'good'],
  ['warning', 'warn'],
  ['paused', 'warn'],
  ['killed', 'danger'],
  ['starting', 'wait'],
  ['running', 'good'],
  ['held', 'notice'],
  ['succeeded', 'calm'],
  ['failed', 'danger'],
  ['timed_out', 'danger'],
  ['over_budget', 'danger'],
  ['lost', 'danger'],
  ['pending', 'notice'],
  ['approved', 'good'],
  ['auto-approved', 'good'],
  ['executing', 'wait'],
  ['executed', 'good'],
  ['rejected', 'calm'],
  ['denied', 'calm'],
  ['expired', 'warn'],
  ['cancelled', 'calm'],
  ['unknown', 'danger'],
  ['low', 'calm'],
  ['medium', 'notice'],
  ['high', 'warn'],
  ['critical', 'danger'],
]);

export function Badge(props: { readonly tone: Tone; readonly text: string; readonly title?: string }) {
  return (
    <span class={`badge tone-${props.tone}`} title={props.title}>
      {props.text}
    </span>
  );
}

export function StatusBadge(props: { readonly status: string }) {
  return <Badge tone={STATUS_TONES.get(props.status) ?? 'calm'} text={props.status.replaceAll('_', ' ')} />;
}

export function SeverityBadge(props: { readonly severity: string }) {
  return <Badge tone={STATUS_TONES.get(props.severity) ?? 'calm'} text={`${props.severity} severity`} />;
}
