/** A small site for tests: its names, and a page as its templates write it. */

import { listed, type List, type Names } from "../src/site/names";

export const LIST: List = {
  types: { Person: "People", Organization: "Organizations", Conference: "Conferences" },
  things: [
    ["agent:undp", "United Nations Development Programme", "Organization", ["UNDP", "开发计划署"], 30],
    ["agent:un", "United Nations", "Organization", ["联合国"], 70],
    ["agent:zoe-marsh", "Zoë Marsh", "Person", [], 3],
    ["event:un-day", "United Nations Day", "Conference", [], 2],
    ["aig:Agent", "Agent", "Class", [], 0],
  ],
};

export const names: Names = () => listed(LIST);

/** Where names can't be had. */
export const none: Names = () => Promise.reject(new Error("no names"));

export const BOX = `<form class="find" role="search" action="../../search.html" method="get">
  <label for="find">Find</label><input id="find" name="q" type="search" autocomplete="off"><button>Find</button></form>`;

/** Sets the page that is open. */
export function page(body: string, root = "../../", address = "/"): void {
  document.body.innerHTML = body;
  document.documentElement.dataset.root = root;
  document.title = "A page";
  history.replaceState(null, "", address);
}
