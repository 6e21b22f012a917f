/** A value that can be ticked, with how many statements it would leave. */

import type { ComponentChildren } from "preact";

export const number = (value: number): string => value.toLocaleString("en");

/** So many statements. */
export function Count({ of }: { of: number }) {
  return (
    <span class="count">
      {number(of)}
      <span class="unseen"> {of === 1 ? "statement" : "statements"}</span>
    </span>
  );
}

/** A checkbox with a name and a count. */
export function Tick(props: {
  on: boolean;
  count: number;
  onChange: (on: boolean) => void;
  disabled?: boolean;
  children: ComponentChildren;
}) {
  return (
    <label class="tick">
      <input
        type="checkbox"
        checked={props.on}
        disabled={props.disabled ?? false}
        onChange={({ currentTarget }) => props.onChange(currentTarget.checked)}
      />
      <span class="tick-name">{props.children}</span>
      <Count of={props.count} />
    </label>
  );
}
