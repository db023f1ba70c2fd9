// One line of facts in a list of them: what it is called, and what is known.
import type { ComponentChildren } from 'preact';

export function Fact(props: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
