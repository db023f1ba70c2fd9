// Starts the page: exchanges a one-time code for a session, shows the dashboard while there is one, and how to get a
// link when there is none.
import { render } from 'preact';
import type { WireProblem } from '../../wire/problem.ts';
import { createApi } from './api.ts';
import { type Board, startBoard } from './board.ts';
import { Dashboard } from './dashboard.tsx';
import { forgetSession, onSessionElsewhere, openSession, takeArrival } from './session.ts';
import { SignIn } from './sign-in.tsx';

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no element with the id "app"');
const mount = root;
let board: Board | null = null;

function showSignIn(problem: WireProblem | null): void {
  board?.stop();
  board = null;
  document.title = 'governed-agents';
  render(<SignIn problem={problem} />, mount);
}

function showDashboard(secret: string, proposalId: string | null): void {
  board?.stop();
  let ended = false;
  const api = createApi(secret, (problem) => {
    if (ended) return;
    ended = true;
    forgetSession(secret);
    showSignIn(problem);
  });
  board = startBoard(api, proposalId);
  render(<Dashboard key={secret} board={board} />, mount);
}

async function arrive(): Promise<void> {
  const { code, proposalId } = takeArrival();
  if (code === null && proposalId !== null && board !== null) return void board.open(proposalId);
  const opened = await openSession(code);
  if (opened.result === 'session') showDashboard(opened.secret, proposalId);
  else showSignIn(opened.problem);
}

// A link opened into a tab that is already here changes only the fragment.
window.addEventListener('hashchange', () => {
  if (window.location.hash !== '') void arrive();
});
onSessionElsewhere((secret) => {
  if (board === null) showDashboard(secret, null);
});
await arrive();
