// The end of a form that approves: what to be careful about, and the buttons. The one that approves holds back for a moment whenever
// it moved or what it would approve is another.
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { useSteady } from './steady.ts';

interface ApprovalBarProps {
  /** Names what would be approved. */
  readonly of: string;
  readonly cautions: readonly string[];
  /** What the approving button says. */
  readonly says: string;
  readonly onBack: () => void;
  /** Null while there is nothing that could be approved, and while it is being sent. */
  readonly onApprove: (() => void) | null;
  /** More buttons, between the two. */
  readonly children?: ComponentChildren;
}

export function ApprovalBar(props: ApprovalBarProps) {
  const { cautions, onBack, onApprove } = props;
  const bar = useRef<HTMLDivElement>(null);
  const steady = useSteady(bar, props.of);
  const held = !steady || onApprove === null;
  return (
    <>
      {cautions.length > 0 && (
        <p class="cautions" role="alert">
          <strong>{cautions.join(' ')}</strong>
        </p>
      )}
      <div class="buttons" ref={bar}>
        <button type="button" class="button" onClick={onBack}>
          Back
        </button>
        {props.children}
        <button
          type="button"
          class={`button ${cautions.length > 0 ? 'danger' : 'primary'}`}
          aria-disabled={held}
          onClick={() => {
            if (!held) onApprove();
          }}
        >
          {props.says}
        </button>
      </div>
    </>
  );
}
