/** A long list of which only what is near the window is in the page. */

import {
  defaultRangeExtractor,
  elementScroll,
  measureElement,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type Rect,
} from "@tanstack/virtual-core";
import { useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";

export interface Windowed {
  readonly count: number;
  readonly scroller: { readonly current: HTMLElement | null };
  /** The height of a row before it is measured. */
  readonly height: number;
  /** What stands still at the top of the window. */
  readonly header: number;
  /** A row that is in the page wherever the window is, since it may have the focus. */
  readonly kept: number;
}

/** Where nothing has a size, as before the first layout. */
const FIRST: Rect = { width: 1000, height: 800 };

/** The rows to show and the way to go to one; the component is rendered again when they change. */
export function useWindowed({ count, scroller, height, header, kept }: Windowed): Virtualizer<HTMLElement, Element> {
  const [, again] = useReducer((turn: number) => turn + 1, 0);
  const latest = useRef(kept);
  latest.current = kept;
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    initialRect: FIRST,
    observeElementRect: (instance: Virtualizer<HTMLElement, Element>, told: (rect: Rect) => void) =>
      observeElementRect(instance, (rect) => told(rect.height ? rect : FIRST)),
    observeElementOffset,
    scrollToFn: elementScroll,
    overscan: 8,
    scrollPaddingStart: header,
    measureElement: (...of: Parameters<typeof measureElement<Element>>) => measureElement(...of) || height,
    rangeExtractor: (range: Parameters<typeof defaultRangeExtractor>[0]) => {
      const near = defaultRangeExtractor(range);
      const also = latest.current;
      return also < 0 || also >= count || near.includes(also) ? near : [...near, also].sort((a, b) => a - b);
    },
    onChange: () => again(undefined),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, Element>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  return virtualizer;
}
