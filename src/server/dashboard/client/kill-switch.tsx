// The switch that stops every agent at once. Both directions ask once more, and why.
import { useState } from 'preact/hooks';
import type { WireStatus } from '../../wire/record.ts';
import { AskDialog } from './ask-dialog.tsx';
import type { Board } from './board.ts';

export function KillSwitch(props: { readonly board: Board; readonly status: WireStatus | null }) {
  const { board, status } = props;
  const isOn = status?.kill_switch.on ?? false;
  // What the dialog offers stays what it was when it was opened, even if someone else turns the switch meanwhile.
  const [asked, setAsked] = useState<'on' | 'off' | null>(null);
  return (
    <>
      <button
        type="button"
        class={`button small ${isOn ? 'danger' : 'danger-quiet'}`}
        onClick={() => setAsked(isOn ? 'off' : 'on')}
      >
        {isOn ? 'Kill switch is ON' : 'Stop everything'}
      </button>
      {asked !== null && <KillDialog board={board} turn={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

interface KillDialogProps {
  readonly board: Board;
  readonly turn: 'on' | 'off';
  readonly onClose: () => void;
}

function KillDialog({ board, turn, onClose }: KillDialogProps) {
  const [text, setText] = useState('');
  const turnOn = turn === 'on';
  return (
    <AskDialog
      title={turnOn ? 'Stop everything?' : 'Turn the kill switch off?'}
      label="Reason"
      text={text}
      onText={setText}
      placeholder="Goes into the record"
      confirm={{ says: turnOn ? 'Stop everything' : 'Turn it off', isDanger: turnOn }}
      send={() =>
        board.act('/admin/kill-switch', {
          on: turnOn,
          reason: text.trim() === '' ? `turned ${turn} in the dashboard` : text.trim(),
        })
      }
      onClose={onClose}
    >
      <p>
        {turnOn
          ? 'Every live run is killed now, and everything new is refused: runs, approvals, model calls. It stays on, restarts included, until someone turns it off.'
          : 'Runs and actions become possible again. What was stopped does not start by itself.'}
      </p>
    </AskDialog>
  );
}
