// The whole payload, never cut, with its hash recomputed here. Tells when its last line has been on screen, since
// what was not seen can't be approved without saying so.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { WireProposal } from '../../wire/proposal.ts';
import { checkPayloadHash, type HashCheck } from './canonical-hash.ts';
import { formatCount } from './money.ts';
import { payloadText, textSize } from './payload-text.ts';
import { Visible } from './visible.tsx';
import { visiblePieces } from './visible-text.ts';

interface PayloadProps {
  readonly proposal: WireProposal;
  readonly onSeen?: () => void;
  readonly onCheck?: (check: HashCheck) => void;
}

export function PayloadView({ proposal, onSeen, onCheck }: PayloadProps) {
  const text = useMemo(() => payloadText(proposal.payload), [proposal.payload_hash]);
  const hidden = useMemo(() => visiblePieces(text).filter((piece) => piece.kind === 'hidden').length, [text]);
  const size = useMemo(() => textSize(text), [text]);
  const end = useRef<HTMLSpanElement>(null);
  const [check, setCheck] = useState<HashCheck>('checking');

  useEffect(() => {
    let wanted = true;
    void checkPayloadHash(proposal.payload, proposal.payload_hash).then((result) => {
      if (!wanted) return;
      setCheck(result);
      onCheck?.(result);
    });
    return () => {
      wanted = false;
    };
  }, [proposal.payload_hash]);

  useEffect(() => {
    if (end.current === null || onSeen === undefined) return;
    // The decision bar may lie over the window's last lines.
    const watch = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) onSeen();
      },
      { rootMargin: '0px 0px -96px 0px' },
    );
    watch.observe(end.current);
    return () => watch.disconnect();
  }, [proposal.payload_hash]);

  return (
    <figure class="payload">
      <figcaption>
        <h4>Payload</h4>
        <span class="muted">
          {formatCount(size.lines)} {size.lines === 1 ? 'line' : 'lines'}, {formatCount(size.bytes)} bytes
        </span>
        {hidden > 0 && (
          <span class="badge tone-danger">
            {formatCount(hidden)} hidden {hidden === 1 ? 'character' : 'characters'} marked
          </span>
        )}
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable with the keyboard */}
      <section class="scroller" tabIndex={0} aria-label="Payload, in full">
        <pre>
          <Visible text={text} />
          <span ref={end} class="payload-end" />
        </pre>
      </section>
      <p class="hash">
        <span class="muted">SHA-256</span> <code>{proposal.payload_hash}</code> <HashNote check={check} />
      </p>
    </figure>
  );
}

function HashNote(props: { readonly check: HashCheck }) {
  if (props.check === 'checking') return null;
  if (props.check === 'matches') {
    return (
      <span class="hash-good" title="Recomputed in this browser from the payload shown above">
        ✓ recomputed here, it matches
      </span>
    );
  }
  if (props.check === 'not possible here')
    return <span class="muted">not recomputed: no crypto in this browser</span>;
  return (
    <strong class="hash-bad" role="alert">
      ✗ recomputed here, it does NOT match what is shown. It can’t be approved from this page.
    </strong>
  );
}
