/** Asks the worker of queries, one query at a time; the worker is started when first wanted, and can be stopped. */

import { signal, type ReadonlySignal } from "@preact/signals";
import type { Answer, Row } from "./answer";
import type { FromWorker, ToWorker } from "./messages";
import { Refused } from "./words";

/** A query was stopped before it had an answer. */
export class Stopped extends Error {}

/** What is used of a worker. */
export interface Port {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export type Status = "asleep" | "loading" | "ready" | "busy" | "broken";

export interface Timed extends Answer {
  readonly milliseconds: number;
}

export interface Client {
  readonly status: ReadonlySignal<Status>;
  /** Why it is broken; "" when it is not. */
  readonly trouble: ReadonlySignal<string>;
  /** Starts the worker, so that the first query need not wait for it. */
  wake(): void;
  /**
   * The answer to a query. Rejects with `Refused` or `Stopped`; at once when `unwanted` is aborted: then it gives way to
   * others, and one that runs is ended unless it ends soon by itself, since a new worker takes longer than that.
   */
  ask(text: string, most?: number, unwanted?: AbortSignal): Promise<Timed>;
  /** Ends the query that runs; those that wait go on. */
  stop(): void;
}

/** Rows that a page shows and saves. */
export const MOST_ROWS = 10_000;
const SECONDS = 30;
/** Milliseconds that a query which nobody wants any more may run. */
const SOON = 500;

const UNWANTED = "another query took its place";

interface Job {
  readonly text: string;
  readonly most: number;
  readonly resolve: (answer: Timed) => void;
  readonly reject: (error: Error) => void;
}

/** A client of a worker that `spawn` starts and gives its opening message. */
export function createClient(spawn: () => Promise<Port>, seconds = SECONDS): Client {
  const status = signal<Status>("asleep");
  const trouble = signal("");
  const waiting: Job[] = [];
  let port: Port | null = null;
  let running: Job | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let rows: Row[] = [];
  let head: Pick<Answer, "kind" | "columns"> = { kind: "rows", columns: [] };
  let number = 0;
  let life = 0;
  let begun = 0;

  const end = (): Job | null => {
    const job = running;
    clearTimeout(timer);
    running = null;
    return job;
  };
  const broken = (message: string) => {
    trouble.value = message;
    status.value = "broken";
    end()?.reject(new Stopped(message));
    for (const job of waiting.splice(0)) job.reject(new Stopped(message));
  };
  const next = () => {
    const job = waiting.shift();
    if (!job || !port) {
      status.value = "ready";
      return;
    }
    running = job;
    rows = [];
    begun = performance.now();
    timer = setTimeout(
      () => restart(`the query took longer than ${seconds} s and was stopped: make it narrower`),
      seconds * 1000,
    );
    port.postMessage({ ask: { number: ++number, text: job.text, most: job.most } });
    status.value = "busy"; // who hears of it may ask or stop at once
  };
  const heard = ({ data }: MessageEvent<FromWorker>) => {
    if (data.kind === "ready") next();
    else if (data.kind === "broken") broken(data.message);
    else if (data.number !== number) return;
    else if (data.kind === "columns") head = { kind: data.of, columns: data.columns };
    else if (data.kind === "rows") rows = rows.concat(data.rows);
    else if (data.kind === "failed") restart(data.message);
    else {
      const job = end();
      if (data.kind === "refused") job?.reject(new Refused(data.message, data.at));
      else job?.resolve({ ...head, rows, cut: data.cut, milliseconds: data.milliseconds });
      next();
    }
  };
  const start = () => {
    const mine = ++life;
    status.value = "loading";
    spawn().then(
      (made) => {
        if (mine !== life) return made.terminate();
        port = made;
        made.onmessage = heard;
        made.onerror = (event) =>
          broken(`the worker of queries can't run here (${event.message ?? "no reason given"})`);
      },
      (error: unknown) => broken(error instanceof Error ? error.message : String(error)),
    );
  };
  const restart = (message: string) => {
    port?.terminate();
    port = null;
    end()?.reject(new Stopped(message));
    start();
  };
  const drop = (job: Job) => {
    job.reject(new Stopped(UNWANTED));
    if (waiting.includes(job)) waiting.splice(waiting.indexOf(job), 1);
    if (job !== running) return;
    clearTimeout(timer);
    timer = setTimeout(() => restart(UNWANTED), Math.max(0, begun + SOON - performance.now()));
  };
  const wake = () => {
    if (status.value === "asleep") start();
  };
  return {
    status,
    trouble,
    wake,
    ask: (text, most = MOST_ROWS, unwanted) =>
      new Promise((resolve, reject) => {
        if (status.value === "broken") return reject(new Stopped(trouble.value));
        if (unwanted?.aborted) return reject(new Stopped(UNWANTED));
        const job = { text, most, resolve, reject };
        unwanted?.addEventListener("abort", () => drop(job), { once: true });
        waiting.push(job);
        wake();
        if (status.value === "ready") next();
      }),
    stop: () => {
      if (running) restart("the query was stopped");
    },
  };
}
