// Shows why something was refused, and what to do next, beside the control that asked for it; the code, for whoever looks it up, apart.
import type { WireProblem } from '../../wire/problem.ts';
import { Prose } from './prose.tsx';
import { asSentence } from './sentence.ts';

export function ProblemNote(props: { readonly problem: WireProblem | null }) {
  if (props.problem === null) return null;
  const { detail, hint, code } = props.problem;
  return (
    <div class="problem" role="alert">
      <p>
        <strong>
          <Prose text={asSentence(detail)} />
        </strong>
        {hint !== undefined && (
          <>
            {' '}
            <Prose text={asSentence(hint)} />
          </>
        )}
      </p>
      <p class="problem-code">
        Code <code>{code}</code>
      </p>
    </div>
  );
}
