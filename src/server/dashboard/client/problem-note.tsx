// Shows why something was refused, and what to do next, beside the control that asked for it.
import type { WireProblem } from '../../wire/problem.ts';
import { Prose } from './prose.tsx';

export function ProblemNote(props: { readonly problem: WireProblem | null }) {
  if (props.problem === null) return null;
  const { detail, hint, code } = props.problem;
  return (
    <p class="problem" role="alert">
      <strong>
        <Prose text={detail} />
      </strong>{' '}
      {hint !== undefined && <Prose text={hint} />} <code class="problem-code">{code}</code>
    </p>
  );
}
