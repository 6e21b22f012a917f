/** What opens at a point of a picture: a word about what lies there, or the statements of a line. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { sentence, type Statement } from "../data/model";
import { plain } from "../draw/labels";
import { Marks } from "./marks";

/** Something that was opened at a point of the picture: the statements of a line, or a word about a thing. */
export interface Opened {
  readonly point: readonly [x: number, y: number];
  readonly title: string;
  readonly statements: readonly Statement[];
}

/** A word about what lies under the pointer. */
export function Tip({ opened }: { opened: Opened }) {
  const [x, y] = opened.point;
  return (
    <div class="graph-tip" style={{ left: `max(0px, min(${x + 14}px, 100% - 20rem))`, top: `${y + 16}px` }}>
      {opened.title}
    </div>
  );
}

/** A statement as a line says it, with what it is worth. */
export function Said({ statement }: { statement: Statement }) {
  return (
    <>
      {plain(sentence(statement))}
      {statement.role && ` as ${plain(statement.role.label)}`} <Marks statement={statement} />
    </>
  );
}

interface Props {
  readonly opened: Opened;
  readonly close: () => void;
  /** A statement as something to press. */
  readonly children: (statement: Statement) => ComponentChildren;
}

/** The statements of a line, to choose one of. */
export function Statements({ opened, close, children }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.querySelector("button")?.focus(), [opened]);
  const [x, y] = opened.point;
  return (
    <div
      ref={place}
      class="graph-line"
      role="dialog"
      aria-label={opened.title}
      style={{
        left: `max(0px, min(${Math.round(x)}px, 100% - 23rem))`,
        top: `min(${Math.round(y + 10)}px, 100% - 16rem)`,
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        close();
      }}
    >
      <div class="graph-line-head">
        <strong>{opened.title}</strong>
        <button type="button" class="plain" aria-label="Close" onClick={close}>
          ✕
        </button>
      </div>
      <ul>
        {opened.statements.map((one) => (
          <li key={one.id}>{children(one)}</li>
        ))}
      </ul>
    </div>
  );
}
