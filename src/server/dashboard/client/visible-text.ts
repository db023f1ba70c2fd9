// The dashboard marks hidden characters exactly as the terminal does.
export { visiblePieces, visibleString } from '../../../core/visible-text.ts';
