/** A range between two ends, each a slider of the platform: thumbs by pointer, arrow keys, and in words. */

export interface RangeProps {
  readonly label: string;
  /** The steps in words, from the least to the greatest. */
  readonly steps: readonly string[];
  /** Steps by number. */
  readonly low: number;
  readonly high: number;
  readonly onChange: (low: number, high: number) => void;
}

/** Two thumbs on one track; neither passes the other. Needs at least two steps. */
export function Range({ label, steps, low, high, onChange }: RangeProps) {
  const last = steps.length - 1;
  const thumb = (name: string, at: number, least: number, most: number, move: (to: number) => void) => (
    <input
      type="range"
      min={0}
      max={last}
      value={at}
      aria-label={`${label}: ${name}`}
      aria-valuetext={steps[at] ?? ""}
      // Where both are at the end, the one that can still move lies on top.
      style={{ zIndex: name === "from" && at > last / 2 ? 2 : 1 }}
      onInput={({ currentTarget }) => {
        const to = Math.min(most, Math.max(least, Number(currentTarget.value)));
        currentTarget.value = String(to);
        move(to);
      }}
    />
  );
  const share = (at: number) => `${(100 * at) / Math.max(1, last)}%`;
  return (
    <div class="range" role="group" aria-label={label}>
      <div class="range-track">
        <span class="range-kept" style={{ left: share(low), width: share(high - low) }} />
        {thumb("from", low, 0, high, (to) => onChange(to, high))}
        {thumb("until", high, low, last, (to) => onChange(low, to))}
      </div>
      <p class="range-words">
        <span>{steps[low]}</span>
        <span>{steps[high]}</span>
      </p>
    </div>
  );
}
