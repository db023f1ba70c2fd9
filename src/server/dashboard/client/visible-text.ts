// The dashboard marks hidden characters exactly as the terminal does.
export { type TextPiece, visiblePieces, visibleString } from '../../../core/visible-text.ts';
