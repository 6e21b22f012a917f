/** The colours and the face that the page's style sheet gives an element, as a canvas takes them. */

import { css, parse } from "./colors";
import type { Measure } from "./labels";
import type { Theme } from "./paint";

/** Reads the tokens of page.css by having the browser compute each; what it can't is as in the light page. */
export function themeOf(place: HTMLElement): Theme {
  const probe = place.ownerDocument.createElement("span");
  place.append(probe);
  const computed = getComputedStyle(probe);
  const color = (token: string, usual: string): string => {
    probe.style.color = `var(--${token}, ${usual})`;
    return computed.color.startsWith("rgb") ? css(parse(computed.color)) : usual;
  };
  const theme = {
    ink: color("ink", "#1b1f24"),
    muted: color("muted", "#4d5662"),
    paper: color("paper", "#ffffff"),
    accent: color("accent", "#17508c"),
    face: computed.fontFamily || "sans-serif",
  };
  probe.remove();
  return theme;
}

/** Measures texts in a face, each word of the page once. */
export function measureIn(context: CanvasRenderingContext2D, face: string): Measure {
  const known = new Map<string, number>();
  return (text) => {
    let width = known.get(text);
    if (width === undefined) {
      context.font = `100px ${face}`;
      width = context.measureText(text).width / 100;
      known.set(text, width);
    }
    return width;
  };
}
