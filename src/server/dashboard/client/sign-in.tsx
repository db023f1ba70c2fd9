// What the page says without a session: how to get a link, and why there is no session if that is known.
import type { WireProblem } from '../../wire/problem.ts';
import { ProblemNote } from './problem-note.tsx';

export function SignIn(props: { readonly problem: WireProblem | null }) {
  const { problem } = props;
  const { hostname, port } = window.location;
  return (
    <main class="sign-in">
      <h1>
        <span class="brand">governed-agents</span>
      </h1>
      <h2>{problem === null ? 'This browser has no session yet' : 'This browser has no session'}</h2>
      <ProblemNote problem={problem} />
      <p>In a terminal, in your project’s folder, type</p>
      <pre class="command">governed-agents open</pre>
      <p>
        and open the link it gives. The link works once and for a short time; it gives this browser a session
        of its own. On another machine it also prints the <code>ssh</code> line that brings the port here.
      </p>
      {hostname !== 'localhost' && (
        <p class="muted">
          A session belongs to one address. You opened <code>{`${hostname}:${port}`}</code>; links use{' '}
          <code>{`localhost:${port}`}</code>, so if you had a session, it is{' '}
          <a href={`http://localhost:${port}/`}>over there</a>.
        </p>
      )}
    </main>
  );
}
