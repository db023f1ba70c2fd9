// Shows a sentence of the server, with what stands between backticks set as something to type.
import { Visible } from './visible.tsx';

export function Prose(props: { readonly text: string }) {
  return (
    <>
      {props.text.split(/`([^`]+)`/).map((part, index) => {
        if (part === '') return null;
        // The odd parts are what the pattern caught.
        return index % 2 === 1 ? (
          <code>
            <Visible text={part} />
          </code>
        ) : (
          <Visible text={part} />
        );
      })}
    </>
  );
}
