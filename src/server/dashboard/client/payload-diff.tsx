// What an edit changes in a payload, line by line, nothing left out.
import { diffText } from '../../../core/line-diff.ts';
import { canonicalText } from './canonical-hash.ts';
import { payloadText } from './payload-text.ts';
import { Visible } from './visible.tsx';

const MARKS = { same: ' ', added: '+', removed: '-' } as const;

/** As the payload is hashed: the order in which an edit wrote its fields is no change. */
function inOrder(payload: unknown): string {
  return payloadText(JSON.parse(canonicalText(payload)));
}

interface PayloadDiffProps {
  readonly title: string;
  readonly before: unknown;
  readonly after: unknown;
}

export function PayloadDiff({ title, before, after }: PayloadDiffProps) {
  return (
    <figure class="diff payload-diff">
      <figcaption>{title}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable with the keyboard */}
      <pre tabIndex={0}>
        {diffText(inOrder(before), inOrder(after)).map(({ kind, text }, index) => (
          <span key={index} class={`diff-line diff-${kind}`}>
            {`${MARKS[kind]} `}
            <Visible text={text} />
            {'\n'}
          </span>
        ))}
      </pre>
    </figure>
  );
}
