/** What the page and the worker of queries say to each other. */

import type { Sealed } from "../data/blocks";
import type { Answer, Row } from "./answer";
import type { Prefixes } from "./terms";

/** The first message: what the engine and its store are made of. */
export interface Opening {
  readonly open: { readonly wasm: Sealed; readonly triples: Sealed; readonly prefixes: Prefixes };
}

export interface Asking {
  readonly ask: { readonly number: number; readonly text: string; readonly most: number };
}

export type ToWorker = Opening | Asking;

/** An answer comes as its columns, rows by the thousand, and an end. */
export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "broken"; readonly message: string }
  | {
      readonly kind: "columns";
      readonly number: number;
      readonly of: Answer["kind"];
      readonly columns: readonly string[];
    }
  | { readonly kind: "rows"; readonly number: number; readonly rows: readonly Row[] }
  | { readonly kind: "end"; readonly number: number; readonly cut: boolean; readonly milliseconds: number }
  | { readonly kind: "refused"; readonly number: number; readonly message: string; readonly at: number }
  /** The engine is no more of use. */
  | { readonly kind: "failed"; readonly number: number; readonly message: string };
