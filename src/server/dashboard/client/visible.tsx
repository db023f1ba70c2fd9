// Shows an agent's text as text nodes, hidden characters as marked tokens. Isolated, so that its writing direction
// never reorders what stands beside it.
import { visiblePieces } from './visible-text.ts';

/** Beyond this, tokens are plain text: still visible, without an element each. */
const MOST_MARKED = 1000;

export function Visible(props: { readonly text: string }) {
  const pieces = visiblePieces(props.text);
  if (pieces.length > MOST_MARKED) {
    return <bdi>{pieces.map((piece) => (piece.kind === 'plain' ? piece.text : piece.token)).join('')}</bdi>;
  }
  return (
    <bdi>
      {pieces.map((piece) =>
        piece.kind === 'plain' ? (
          piece.text
        ) : (
          <mark class="hidden-char" title={`Hidden character: ${piece.name}`}>
            {piece.token}
          </mark>
        ),
      )}
    </bdi>
  );
}
