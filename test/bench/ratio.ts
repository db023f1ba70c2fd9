// A figure beside its bound: what a benchmark prints, one line each, and whether it reached the bound.

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What is to be reached; absent for figures that are shown only. */
  readonly bound?: { readonly at: 'least' | 'most'; readonly value: number };
  readonly note?: string;
}

export function reached(figure: Figure): boolean | null {
  if (figure.bound === undefined) return null;
  return figure.bound.at === 'least'
    ? figure.value >= figure.bound.value
    : figure.value <= figure.bound.value;
}

export function formatFigure(figure: Figure): string {
  const mark = { true: 'ok  ', false: 'MISS', null: '    ' }[
    String(reached(figure)) as 'true' | 'false' | 'null'
  ];
  const bound =
    figure.bound === undefined
      ? ''
      : `  (${figure.bound.at === 'least' ? '≥' : '≤'} ${figure.bound.value} ${figure.unit})`;
  const note = figure.note === undefined ? '' : `  ${figure.note}`;
  return `${mark} ${figure.name.padEnd(64)} ${format(figure.value).padStart(12)} ${figure.unit}${bound}${note}`;
}

function format(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}

/** The middle of several runs of the same thing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
