/** What is dated among the shown statements, on an axis of time; the same list serves eye, keyboard and screen reader. */

import { scaleUtc } from "d3-scale";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { days, says } from "../data/cite";
import { DAY, type Span } from "../data/days";
import { lanes, type Placed, type Width } from "../data/lanes";
import { extent, moments, type Kind, type Moment } from "../data/moments";
import { Bar } from "../parts/bar";
import { useWindowed } from "../parts/windowed";
import type { State } from "../state";

const LANE = 40;
const HEAD = 26;
/** Up to so many lanes are all in the page. */
const FEW = 100;
/** The least that the window shows, and how far it goes beyond everything. */
const CLOSEST = 14 * DAY;
const MARGIN = 0.03;
/** At first the window leaves out so many of the farthest dates on each side: one of 1952 would press all others. */
const FAR = 0.06;
const LABEL = "13px system-ui, sans-serif";
/** Width of a name up to which it keeps others off its lane; where there is room, it is written in full. */
const MOST = 300;

/** The time that holds the bounds that are known, but for so small a share at each side. */
function spread(found: readonly Moment[], without: number): Span {
  const ends = found.flatMap((moment) => extent(moment)).filter(Number.isFinite).sort((a, b) => a - b); // prettier-ignore
  const away = Math.floor(ends.length * without);
  const [first = 0, last = 365 * DAY] = [ends[away], ends[ends.length - 1 - away]];
  const spare = Math.max(CLOSEST / 2, (last - first) * MARGIN);
  // On the right there is room for the words of the last ones.
  return [first - spare, last + 4 * spare];
}

/** How wide the words of a moment are; where there is no canvas, as wide as usual letters. */
function ruler(): (moment: Moment) => Width {
  const context = document.createElement("canvas").getContext?.("2d");
  if (context) context.font = LABEL;
  const measure = (text: string) => context?.measureText(text).width ?? text.length * 7;
  const known = new Map<string, Width>();
  const look = (moment: Moment): Width => {
    const [name, date] = [measure(`${moment.thing.label} `), measure(tag(moment)) + 12];
    return [Math.min(MOST, name) + date, name + date];
  };
  return (moment) => {
    const found = known.get(moment.key) ?? look(moment);
    known.set(moment.key, found);
    return found;
  };
}

/** The date as it is written, else its days, with the kind when it is not the usual one. */
function tag({ written, period, kind }: Moment): string {
  return [written || days(period), kind === "actual" ? "" : kind].filter(Boolean).join(" · ");
}

function uncertainty({ period, sure }: Moment): string {
  if (!period[0] || !period[1]) return "open";
  return sure ? "" : "some time within";
}

/** What the eye sees of a moment besides its words, and who dates it. */
export function details(moment: Moment): string {
  const { dates, others, period, kind } = moment;
  const given = dates.length ? `given by ${[...new Set(dates.map(says))].join(" and ")}` : "";
  const dated = others.length ? `${others.length} statement${others.length > 1 ? "s" : ""} dated by it` : "";
  const when = [uncertainty(moment), days(period)].filter(Boolean).join(" ");
  return [when, kind, given, dated].filter(Boolean).join(", ");
}

/** What opens when a moment is chosen: the statement that dates it, else the thing. */
function target({ thing, dates, others }: Moment): string {
  return (dates[0] ?? (others.length === 1 ? others[0] : undefined))?.id ?? thing.id;
}

/** Whether a moment is that of what is selected: the thing, or a statement that dates it or is dated by it. */
function concerns({ thing, dates, others }: Moment, selected: string): boolean {
  return thing.id === selected || [...dates, ...others].some((one) => one.id === selected);
}

interface Ticks {
  readonly scale: Scale;
  readonly width: number;
  readonly height: number;
}

function ticks({ scale, width }: Ticks): Date[] {
  return scale.ticks(Math.max(2, Math.floor(width / 90)));
}

function Axis(of: Ticks) {
  const format = of.scale.tickFormat();
  return (
    <svg class="axis" width={of.width} height={of.height} aria-hidden="true">
      {ticks(of).map((tick) => (
        <text key={+tick} x={of.scale(tick) + 4} y={17}>
          {format(tick)}
        </text>
      ))}
    </svg>
  );
}

function Grid(of: Ticks) {
  return (
    <svg class="grid" width={of.width} height={of.height} aria-hidden="true">
      {ticks(of).map((tick) => (
        <path key={+tick} d={`M${Math.round(of.scale(tick)) + 0.5},0V${of.height}`} />
      ))}
    </svg>
  );
}

type Scale = ReturnType<typeof axis>;

function axis(window: Span, width: number) {
  return scaleUtc([new Date(window[0]), new Date(window[1])], [0, width]);
}

interface Item {
  readonly placed: Placed;
  readonly place: readonly [number: number, all: number];
  readonly active: boolean;
  readonly state: State;
  readonly reached: () => void;
}

function MomentItem({ placed, place, active, state, reached }: Item) {
  const { moment, lane, bar, label, sure, open } = placed;
  const chosen = target(moment);
  const left = Math.min(bar[0], label[0]);
  return (
    <li aria-setsize={place[1]} aria-posinset={place[0] + 1}>
      <button
        type="button"
        class={concerns(moment, state.selected.value) ? "moment selected" : "moment"}
        style={{ left: `${left}px`, top: `${lane * LANE}px`, width: `${Math.max(bar[1], label[1]) - left}px` }}
        data-key={moment.key}
        aria-current={state.selected.value === chosen ? "true" : undefined}
        tabIndex={active ? 0 : -1}
        onFocus={reached}
        onClick={() => (state.selected.value = chosen)}
      >
        <span class="label" style={{ marginLeft: `${label[0] - left}px`, width: `${label[1] - label[0]}px` }}>
          <bdi class="what">{moment.thing.label}</bdi> <span class="date">{tag(moment)}</span>
          <span class="unseen">, {details(moment)}</span>
        </span>
        <span class="place" style={{ marginLeft: `${bar[0] - left}px` }}>
          <Bar bar={bar} sure={sure} open={open} kind={moment.kind} />
        </span>
      </button>
    </li>
  );
}

const LEGEND: readonly (readonly [kind: Kind, sure: Span | null, open: Placed["open"], text: string])[] = [
  ["actual", [0, 34], [false, false], "actual"],
  ["planned", [0, 34], [false, false], "planned"],
  ["contradicted", [0, 34], [false, false], "contradicted"],
  ["actual", null, [false, false], "some time within"],
  ["actual", null, [false, true], "open end"],
];

function Legend() {
  return (
    <ul class="timeline-legend" aria-label="Marks">
      {LEGEND.map(([kind, sure, open, text]) => (
        <li key={text}>
          <Bar bar={[0, 34]} sure={sure} open={open} kind={kind} /> {text}
        </li>
      ))}
    </ul>
  );
}

/** The width of an element, followed as it changes. */
function useWidth(place: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(800);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const look = () => element.clientWidth && setWidth(element.clientWidth);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}

function itemOf(place: HTMLElement | null, key: string): HTMLElement | undefined {
  const items = place?.querySelectorAll<HTMLElement>(".moment") ?? [];
  return [...items].find((element) => element.dataset["key"] === key);
}

function Chart({ found, state }: { found: readonly Moment[]; state: State }) {
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const all = useMemo(() => spread(found, 0), [found]);
  const most = useMemo(() => spread(found, FAR), [found]);
  const measure = useMemo(ruler, []);
  const [window, setWindow] = useState(most);
  const [at, setAt] = useState("");
  // Keys of what gets the focus, and of what comes into sight, once it is in the page.
  const wanted = useRef("");
  const sought = useRef("");
  useEffect(() => setWindow(most), [most]);
  const scale = axis(window, width);
  const placed = useMemo(() => lanes(found, { width, scale: (time) => scale(time), measure }), [found, window, width]);
  const count = placed.reduce((most, { lane }) => Math.max(most, lane + 1), 0);
  const height = count * LANE;
  const current = placed.find(({ moment }) => moment.key === at) ?? placed[0];
  const active = current?.moment.key ?? "";
  const few = count <= FEW;
  const near = useWindowed({ count: few ? 0 : count, scroller, height: LANE, header: HEAD, kept: current?.lane ?? 0 });
  const inPage = new Set(near.getVirtualItems().map(({ index }) => index));
  const number = useMemo(() => new Map(found.map(({ key }, place) => [key, place])), [found]);

  const turn = (by: number, share = 0.5) => {
    const [first, last] = window;
    const size = Math.min(Math.max((last - first) * by, CLOSEST), 4 * (all[1] - all[0]));
    const begin = first + (last - first - size) * share;
    setWindow([begin, begin + size]);
  };
  const slide = (share: number) => {
    const by = (window[1] - window[0]) * share;
    setWindow([window[0] + by, window[1] + by]);
  };
  const reach = (moment: Moment) => {
    wanted.current = moment.key;
    setAt(moment.key);
    const ends = extent(moment).filter(Number.isFinite);
    const middle = ends.reduce((sum, end) => sum + end, 0) / ends.length;
    const half = (window[1] - window[0]) / 2;
    if (!ends.some((end) => end > window[0] && end < window[1])) setWindow([middle - half, middle + half]);
  };
  const selected = state.selected.value;
  useEffect(() => {
    const moment = found.find((one) => concerns(one, selected));
    if (!selected || !moment || scroller.current?.contains(document.activeElement)) return;
    reach(moment);
    wanted.current = "";
    sought.current = moment.key;
  }, [selected, found]);
  useLayoutEffect(() => {
    if (sought.current) itemOf(scroller.current, sought.current)?.scrollIntoView({ block: "nearest" });
    sought.current = "";
    if (!wanted.current) return;
    const button = itemOf(scroller.current, wanted.current);
    button?.focus();
    if (button) wanted.current = "";
  });
  const keys = (event: KeyboardEvent) => {
    const here = number.get(active) ?? 0;
    const to = { ArrowRight: here + 1, ArrowDown: here + 1, ArrowLeft: here - 1, ArrowUp: here - 1, Home: 0, End: found.length - 1 }[event.key]; // prettier-ignore
    const next = to === undefined ? undefined : found[Math.max(0, Math.min(found.length - 1, to))];
    // By keys the window turns about the moment that has the focus, so that it stays.
    const bar = current?.bar ?? [0, width];
    const share = Math.max(0, Math.min(1, (bar[0] + bar[1]) / 2 / width));
    if (next) reach(next);
    else if (event.key === "+" || event.key === "=") turn(0.6, share);
    else if (event.key === "-") turn(1 / 0.6, share);
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    // Not passive: with a key held, the wheel would zoom the whole page.
    const wheel = (event: WheelEvent) => {
      const onAxis = event.target instanceof Element && event.target.closest(".timeline-axis");
      const share = (event.clientX - element.getBoundingClientRect().left) / width;
      if (event.ctrlKey || event.metaKey || onAxis) turn(Math.exp(event.deltaY / 400), share);
      else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
        slide((event.deltaX || event.deltaY) / width); // prettier-ignore
      else return;
      event.preventDefault();
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  });
  const hidden = found.length - placed.length;
  return (
    <>
      <div class="timeline-bar">
        <p role="status">
          {found.length.toLocaleString("en")} date{found.length === 1 ? "" : "s"}
          {hidden > 0 && `, ${hidden.toLocaleString("en")} outside the window`}
        </p>
        <div class="zoom" role="group" aria-label="Window">
          <button type="button" aria-label="Earlier" onClick={() => slide(-0.4)}>
            ←
          </button>
          <button type="button" aria-label="Later" onClick={() => slide(0.4)}>
            →
          </button>
          <button type="button" aria-label="Zoom in" onClick={() => turn(0.6)}>
            +
          </button>
          <button type="button" aria-label="Zoom out" onClick={() => turn(1 / 0.6)}>
            −
          </button>
          <button type="button" onClick={() => setWindow(all)}>
            Whole
          </button>
        </div>
        <Legend />
      </div>
      <div ref={scroller} class="timeline-scroll" role="region" aria-label="Timeline" tabIndex={0} onKeyDown={keys}>
        <div class="timeline-axis">
          <Axis scale={scale} width={width} height={HEAD} />
        </div>
        <Grid scale={scale} width={width} height={height} />
        <ol style={{ height: `${height}px` }}>
          {placed
            .filter(({ lane }) => few || inPage.has(lane))
            .map((one) => (
              <MomentItem
                key={one.moment.key}
                placed={one}
                place={[number.get(one.moment.key) ?? 0, found.length]}
                active={one.moment.key === active}
                state={state}
                reached={() => setAt(one.moment.key)}
              />
            ))}
        </ol>
      </div>
    </>
  );
}

/** The timeline of what is shown. */
export function TimelinePanel({ state }: { state: State }) {
  const shown = state.shown.value;
  const found = useMemo(() => moments(state.data, shown), [state.data, shown]);
  return (
    <div class="timeline-panel">
      {found.length ? <Chart found={found} state={state} /> : <p class="none">No date is known for what is shown.</p>}
    </div>
  );
}
