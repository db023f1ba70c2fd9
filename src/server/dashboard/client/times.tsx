// Times that stay true while they are looked at.
import { formatAge, formatClock, formatSpan, urgencyOf } from './duration.ts';
import { useServerNow } from './server-clock.ts';

export function TimeLeft(props: { readonly until: string; readonly skewMs: number }) {
  const nowMs = useServerNow(props.skewMs);
  const leftMs = Date.parse(props.until) - nowMs;
  const urgency = urgencyOf(leftMs);
  return (
    <time
      class={`time-left time-${urgency}`}
      dateTime={props.until}
      title={`Expires ${formatClock(props.until, nowMs)}`}
    >
      {urgency === 'over' ? 'time is up' : `${formatSpan(leftMs)} left`}
    </time>
  );
}

export function Age(props: { readonly since: string; readonly skewMs: number }) {
  const nowMs = useServerNow(props.skewMs);
  return (
    <time dateTime={props.since} title={formatClock(props.since, nowMs)}>
      {formatAge(nowMs - Date.parse(props.since))}
    </time>
  );
}
