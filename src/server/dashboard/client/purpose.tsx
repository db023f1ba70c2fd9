// What an agent is for, in the words of its rules: a name made by a program says little. The whole of a long one is its title.
import { cutMiddle } from './cut-middle.ts';
import { Visible } from './visible.tsx';
import { visibleString } from './visible-text.ts';

/** About two lines of the column that it stands in. */
const MOST = 72;

export function Purpose(props: { readonly text: string | null }) {
  const text = (props.text ?? '').replaceAll(/\s+/g, ' ').trim();
  if (text === '') return null;
  const shown = cutMiddle(text, MOST);
  return (
    <p class="purpose" title={shown === text ? undefined : visibleString(text)}>
      <Visible text={shown} />
    </p>
  );
}
