// Figures over time in one line of a terminal: each as high as its share of the highest, nothing as a dot, so that a little never looks like
// nothing.
const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

export function sparkline(figures: readonly number[]): string {
  const most = Math.max(0, ...figures);
  return figures
    .map((figure) =>
      figure <= 0 ? '·' : (LEVELS[Math.max(0, Math.ceil((figure / most) * LEVELS.length) - 1)] ?? LEVELS[0]),
    )
    .join('');
}
