// Reads Server-Sent Events out of text that arrives in arbitrary pieces, by the rules of the HTML standard (section
// 9.2.6): a message ends at a blank line, an unfinished one at the end of the stream is never delivered.

export interface StreamMessage {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

export interface EventStreamReader {
  /** Messages completed by this piece, in order. */
  readonly feed: (piece: string) => readonly StreamMessage[];
}

export function eventStreamReader(): EventStreamReader {
  let rest = '';
  let started = false;
  let lastId = '';
  let event = '';
  let data: string[] = [];

  function line(text: string): StreamMessage | null {
    if (text === '') {
      const message =
        data.length > 0 ? { id: lastId, event: event || 'message', data: data.join('\n') } : null;
      event = '';
      data = [];
      return message;
    }
    const colon = text.indexOf(':');
    if (colon === 0) return null;
    const field = colon === -1 ? text : text.slice(0, colon);
    const value = colon === -1 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) lastId = value;
    return null;
  }

  return {
    feed(piece) {
      rest += started ? piece : piece.replace(/^\uFEFF/, '');
      started = started || piece !== '';
      const messages: StreamMessage[] = [];
      let from = 0;
      // A carriage return at the very end may be half of CRLF: it waits for the next piece.
      for (const end of rest.matchAll(/\r\n|\n|\r(?!$)/g)) {
        const message = line(rest.slice(from, end.index));
        if (message !== null) messages.push(message);
        from = end.index + end[0].length;
      }
      rest = rest.slice(from);
      return messages;
    },
  };
}
