// Edited governing files that are not in force yet: the whole difference, and the button that puts exactly it in
// force, by the hash of what was shown.
import { useRef, useState } from 'preact/hooks';
import type { WirePolicyCase } from '../../wire/policy-cases.ts';
import type { WireProblem } from '../../wire/problem.ts';
import type { WireRulesProblem } from '../../wire/record.ts';
import type { Board } from './board.ts';
import { diffLines } from './diff-lines.ts';
import { ProblemNote } from './problem-note.tsx';
import { Prose } from './prose.tsx';
import type { RuleChanges, RuleFileChange } from './rule-changes-shape.ts';
import { SimulatedEdit } from './simulated-edit.tsx';
import { useSteady } from './steady.ts';
import { Visible } from './visible.tsx';

const MOST_PROBLEMS = 8;

export function RuleChangesBanner(props: { readonly board: Board; readonly changes: RuleChanges | null }) {
  const { board, changes } = props;
  if (changes === null || changes.files.length + changes.problems.length === 0) return null;
  return <EditedRules key={changes.edited} board={board} changes={changes} />;
}

function EditedRules(props: { readonly board: Board; readonly changes: RuleChanges }) {
  const { board, changes } = props;
  const [open, setOpen] = useState(false);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<WireProblem | null>(null);
  const bar = useRef<HTMLDivElement>(null);
  const steady = useSteady(bar, changes.edited);
  const count = changes.files.length;
  const broken = changes.problems.length > 0;

  async function accept(): Promise<void> {
    if (!steady || sending) return;
    setSending(true);
    setProblem(null);
    const answer = await board.act('/admin/accept', { rules_hash: changes.edited });
    setSending(false);
    if (!answer.ok) setProblem(answer.problem);
  }

  return (
    <section class="panel panel-warn" aria-labelledby="rules-title">
      <div class="panel-head">
        <div>
          <h2 id="rules-title">
            {changes.in_force === null ? 'The rules were never accepted' : 'The rules were edited'}
          </h2>
          <p class="muted">
            {changes.in_force === null
              ? 'Nothing of this project runs before you accept its rules.'
              : 'What you accepted last is still in force. The edit takes effect when you accept it.'}
          </p>
        </div>
        <button type="button" class="button small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide' : 'Show'} {count} {count === 1 ? 'file' : 'files'}
        </button>
      </div>
      {broken && <Mistakes problems={changes.problems} />}
      <FailedCases cases={changes.cases ?? []} />
      {open && (
        <>
          {changes.files.map((file) => (
            <FileDiff key={file.path} file={file} />
          ))}
          {!broken && changes.in_force !== null && <SimulatedEdit board={board} edited={changes.edited} />}
          <div class="buttons" ref={bar}>
            <button
              type="button"
              class="button primary"
              aria-disabled={!steady || sending || broken}
              onClick={() => {
                if (!broken) void accept();
              }}
            >
              {sending ? 'Accepting…' : 'Accept these rules'}
            </button>
            <span class="muted">
              <code>{changes.edited.slice(0, 16)}</code>
            </span>
          </div>
        </>
      )}
      <ProblemNote problem={problem} />
    </section>
  );
}

function Mistakes(props: { readonly problems: readonly WireRulesProblem[] }) {
  const { problems } = props;
  const more = problems.length - MOST_PROBLEMS;
  return (
    <div class="problem" role="alert">
      <strong>As edited, they can’t be put in force.</strong>
      <ul>
        {problems.slice(0, MOST_PROBLEMS).map(({ detail, line, column, hint }) => (
          <li key={`${line} ${column} ${detail}`}>
            <Prose text={detail} />
            {hint !== null && (
              <span class="muted">
                {' '}
                (<Prose text={hint} />)
              </span>
            )}
          </li>
        ))}
        {more > 0 && (
          <li>
            and {more} more: <code>governed-agents policy check</code>
          </li>
        )}
      </ul>
    </div>
  );
}

/** What the operator wrote down as expected, and does not come out with these rules. */
function FailedCases(props: { readonly cases: readonly WirePolicyCase[] }) {
  const failed = props.cases.filter(({ passed }) => !passed);
  if (failed.length === 0) return null;
  return (
    <div class="problem" role="alert">
      <strong>
        {failed.length} of {props.cases.length} [[test]] cases {failed.length === 1 ? 'fails' : 'fail'}.
      </strong>
      <ul>
        {failed.map((each) => (
          <li key={each.line}>
            <Visible text={each.name} /> <span class="muted">(policy.toml:{each.line})</span>: expected{' '}
            {each.expected}
            {each.expected_rule !== null && (
              <>
                {' by '}
                <Visible text={each.expected_rule} />
              </>
            )}
            , got {each.effect} by <Visible text={each.rule} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function FileDiff(props: { readonly file: RuleFileChange }) {
  const { file } = props;
  return (
    <figure class="diff">
      <figcaption>
        <code>
          <Visible text={file.path} />
        </code>{' '}
        <span class="muted">{file.change}</span>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable with the keyboard */}
      <pre tabIndex={0}>
        {diffLines(file.diff).map((line, index) => (
          <span key={index} class={`diff-line diff-${line.kind}`}>
            {line.text.slice(0, 1)}
            <Visible text={line.text.slice(1)} />
            {'\n'}
          </span>
        ))}
      </pre>
    </figure>
  );
}
