/** The shown statements as a table: everything that the graph shows, for eyes, keyboard and screen reader. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { web } from "../data/cite";
import { COLUMNS, matching, rowOf, sorted, type Column, type Row, type Sorting } from "../data/columns";
import { csv } from "../data/files";
import { sentence } from "../data/model";
import { save } from "../parts/download";
import { useWindowed } from "../parts/windowed";
import type { State } from "../state";

/** Up to so many rows are all in the page. */
const FEW = 150;
/** Heights of a row and of the heads, before they are measured. */
const ROW = 64;
const HEAD = 38;

/** What matters most is in sight first: who says it stands beside what is said. */
const ORDER: readonly Column[] = [
  "subject", "relation", "object", "says", "status", "role", "modality", "reading", "contradicted", "source", "words",
  "link", "statement",
]; // prettier-ignore
const PLACES = ORDER.map((column) => COLUMNS.indexOf(column));

const NAMES: Readonly<Record<Column, string>> = {
  subject: "Subject",
  relation: "Relation",
  object: "Object",
  role: "Role",
  status: "Status",
  modality: "Modality",
  reading: "Reading",
  contradicted: "Contradicted",
  says: "Says",
  source: "Source",
  words: "Words",
  link: "Link",
  statement: "Statement",
};

function Head({ sorting, sort }: { sorting: Sorting | null; sort: (next: Sorting) => void }) {
  const direction = (column: Column) =>
    sorting?.column !== column ? "none" : sorting.down ? "descending" : "ascending";
  const arrow = { none: "", ascending: " ▲", descending: " ▼" };
  return (
    <thead>
      <tr aria-rowindex={1}>
        {ORDER.map((column) => (
          <th key={column} scope="col" aria-sort={direction(column)}>
            <button type="button" onClick={() => sort({ column, down: sorting?.column === column && !sorting.down })}>
              {NAMES[column]}
              <span aria-hidden="true">{arrow[direction(column)]}</span>
            </button>
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface Line {
  readonly row: Row;
  readonly index: number;
  /** It is what the arrow keys stand on. */
  readonly active: boolean;
  readonly mark: "" | "selected" | "names";
  readonly measure: ((element: Element | null) => void) | null;
  readonly choose: (index: number) => void;
}

function Cell({ text, column, active }: { text: string; column: Column; active: boolean }) {
  const address = column === "link" ? web(text) : "";
  if (column === "link" && !address) return <td />;
  if (!address)
    return <td class={`of-${column}`}>{column === "statement" ? <code>{text}</code> : <bdi>{text}</bdi>}</td>;
  return (
    <td>
      <a href={address} target="_blank" rel="noopener noreferrer" tabIndex={active ? 0 : -1}>
        Open
      </a>
    </td>
  );
}

function TableRow({ row, index, active, mark, measure, choose }: Line) {
  const { statement, cells } = row;
  return (
    <tr
      ref={measure}
      data-index={index}
      aria-rowindex={index + 2}
      aria-current={mark === "selected" ? "true" : undefined}
      class={[mark, statement.contradicted && "against"].filter(Boolean).join(" ")}
      onClick={(event) => {
        if (!(event.target instanceof Element && event.target.closest("a"))) choose(index);
      }}
    >
      <th scope="row">
        <button type="button" tabIndex={active ? 0 : -1} aria-label={`${sentence(statement)}: evidence`}>
          <bdi>{cells[0]}</bdi>
        </button>
      </th>
      {ORDER.slice(1).map((column, place) => (
        <Cell key={column} column={column} text={cells[PLACES[place + 1] ?? 0] ?? ""} active={active} />
      ))}
    </tr>
  );
}

function Spacer({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tr class="spacer" aria-hidden="true">
      <td colSpan={COLUMNS.length} style={{ height: `${height}px` }} />
    </tr>
  );
}

/** How many rows a key leads on; undefined for other keys. */
function stepOf(key: string): number | undefined {
  return { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[key];
}

function Body({ rows, state, sorting, sort }: { rows: readonly Row[]; state: State } & Parameters<typeof Head>[0]) {
  const scroller = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const moved = useRef(false);
  const selected = state.selected.value;
  const active = Math.min(at, rows.length - 1);
  const few = rows.length <= FEW;
  const virtual = useWindowed({ count: few ? 0 : rows.length, scroller, height: ROW, header: HEAD, kept: active });
  const items = few ? rows.map((_, index) => ({ index, start: 0, end: 0 })) : virtual.getVirtualItems();
  const named = useMemo(() => new Set(state.data.naming.get(selected)), [state.data, selected]);
  const mark = ({ statement }: Row) => (statement.id === selected ? "selected" : named.has(statement) ? "names" : "");
  const show = (index: number, align: "auto" | "start") => {
    const block = align === "auto" ? "nearest" : align;
    if (!few) virtual.scrollToIndex(index, { align });
    else scroller.current?.querySelector(`[data-index="${index}"]`)?.scrollIntoView({ block });
  };
  useEffect(() => {
    const itself = rows.findIndex((row) => row.statement.id === selected);
    const index = itself < 0 ? rows.findIndex((row) => mark(row)) : itself;
    // What was chosen here is in sight already.
    if (!selected || index < 0 || index === active) return;
    setAt(index);
    show(index, "start");
  }, [selected, rows]);
  useLayoutEffect(() => {
    if (!moved.current) return;
    const button = scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"] button`);
    if (!button) return;
    moved.current = false;
    button.focus({ preventScroll: true });
    button.closest("tr")?.scrollIntoView({ block: "nearest" });
  });
  const go = (event: KeyboardEvent) => {
    const step = stepOf(event.key);
    const inside = event.target instanceof Element && event.target.closest("tbody");
    if (step === undefined || !inside) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(rows.length - 1, active + step));
    moved.current = true;
    setAt(next);
    show(next, "auto");
  };
  const choose = (index: number) => {
    setAt(index);
    state.selected.value = rows[index]?.statement.id ?? "";
  };
  const last = items[items.length - 1];
  const gaps = items.map((item, place) => item.start - (items[place - 1]?.end ?? 0));
  return (
    <div ref={scroller} class="table-scroll" role="region" aria-label="Statements" tabIndex={0} onKeyDown={go}>
      <table class="statements" aria-rowcount={rows.length + 1}>
        <colgroup>
          {ORDER.map((column) => (
            <col key={column} class={`col-${column}`} />
          ))}
        </colgroup>
        <Head sorting={sorting} sort={sort} />
        <tbody>
          {items.flatMap(({ index }, place) => {
            const row = rows[index];
            if (!row) return [];
            const line = { row, index, active: index === active, mark: mark(row), choose } as const;
            return [
              <Spacer key={`before ${row.statement.id}`} height={gaps[place] ?? 0} />,
              <TableRow key={row.statement.id} {...line} measure={few ? null : virtual.measureElement} />,
            ];
          })}
          <Spacer key="after" height={few ? 0 : virtual.getTotalSize() - (last?.end ?? 0)} />
        </tbody>
      </table>
    </div>
  );
}

/** The table of statements with its search and download. */
export function TablePanel({ state }: { state: State }) {
  const { data, shown } = state;
  const [text, setText] = useState("");
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const all = useMemo(() => shown.value.map(rowOf), [shown.value]);
  const rows = useMemo(() => {
    const kept = matching(all, text);
    return sorting ? sorted(kept, sorting) : kept;
  }, [all, text, sorting]);
  const many = all.length.toLocaleString("en");
  const told = rows.length === all.length ? many : `${rows.length.toLocaleString("en")} of ${many}`;
  const download = () => save("statements.csv", "text/csv", csv(data, rows.map((row) => row.statement))); // prettier-ignore
  return (
    <div class="table-panel">
      <div class="table-bar">
        <label>
          Search in the table{" "}
          <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <p role="status">
          {told} statement{all.length === 1 ? "" : "s"}
        </p>
        <button type="button" disabled={!rows.length} onClick={download}>
          Download CSV
        </button>
      </div>
      {rows.length ? (
        <Body rows={rows} state={state} sorting={sorting} sort={setSorting} />
      ) : (
        <p class="none">{text ? `No statement has “${text}”.` : "The filters leave no statement."}</p>
      )}
    </div>
  );
}
