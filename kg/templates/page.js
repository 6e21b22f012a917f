"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const place = document.getElementById("picture");
const made = (tag, text) => { const one = document.createElement(tag); one.textContent = text; return one; };
const words = (entry, part) => entry.querySelector(part).textContent.trim().replace(/\s+/g, " ");

/* Tooltips are elements filled with textContent, so nothing in them is ever read as markup. They are made of the list
   when they are asked for: the picture is drawn before the list is there. */
function told(id) {
  const entry = document.getElementById(id);
  const subject = entry.parentElement.previousElementSibling.textContent;
  const one = made("p", `${subject} ${words(entry, ".line")}`);
  one.append(made("small", words(entry, ".marks")));
  return one;
}
function tip(first, ids) {
  const box = made("div", "");
  if (first) { box.append(made("strong", first)); }
  ids.slice(0, 5).forEach((id) => box.append(told(id)));
  if (ids.length > 5) { box.append(made("p", `and ${ids.length - 5} more`)); }
  return box;
}

/* On paper the picture is drawn larger and scaled down. */
const printed = () => place.classList.contains("printed");
/* The whole picture, or, where its labels would be too small to read, the part around its chief thing. */
const [left, top_, right, bottom] = data.area;
function view() {
  const wide = place.clientWidth, tall = place.clientHeight, most = printed() ? 1.8 : 1.35;
  const whole = Math.min(wide / (right - left + 48), tall / (bottom - top_ + 40), most);
  const scale = Math.max(whole, 0.7), chief = data.nodes.find((node) => node.id === data.chief);
  const along = (from, to, at, size) => size / scale > to - from ? (from + to) / 2
    : Math.min(Math.max(at, from + size / scale / 2), to - size / scale / 2);
  return { scale, position: { x: along(left - 24, right + 24, chief.x, wide), y: along(top_ - 20, bottom + 20, chief.y, tall) } };
}
/* vis-network hides a label below drawThreshold - 1 pixels and fades it below drawThreshold: of the sizes in use,
   the smallest that is 9 pixels high at first is the threshold, so no label is faint at the first screen. */
function threshold(scale) {
  const sizes = [...data.nodes, ...data.edges].filter((one) => one.font).map((one) => one.font.size * scale);
  const least = printed() ? 9 * scale : 9;
  return { label: { drawThreshold: Math.min(...sizes.filter((size) => size >= least), 99), maxVisible: 1e4 } };
}
const start = view(), first = threshold(start.scale);
data.nodes.concat(data.edges).forEach((one) => { one.scaling = first; });
const nodes = new vis.DataSet(data.nodes), edges = new vis.DataSet(data.edges);
const face = "Arial, Helvetica, 'Liberation Sans', sans-serif";
const network = new vis.Network(place, { nodes, edges }, {
  physics: false, autoResize: false,
  interaction: { hover: true, tooltipDelay: 120, dragNodes: false, keyboard: { enabled: true, bindToWindow: false } },
  nodes: { labelHighlightBold: false, font: { face, color: "#1b1f24", strokeWidth: 4, strokeColor: "#ffffff" } },
  edges: { labelHighlightBold: false, hoverWidth: 1, selectionWidth: 1.5, font: { face, color: "#44505f", strokeWidth: 0, background: "#ffffff", align: "horizontal" } },
});
/* vis-network's own way keeps the old view; here a new size shows the whole picture again, in the same frame. */
function fit() {
  network.setSize("100%", "100%");
  const now = view(), scaling = threshold(now.scale);
  nodes.update(data.nodes.map((node) => ({ id: node.id, scaling })));
  edges.update(data.edges.map((edge) => ({ id: edge.id, scaling })));
  network.moveTo(now);
  network.redraw();
}
const measure = () => `${place.clientWidth} ${place.clientHeight}`;
let size = measure();
new ResizeObserver(() => { if (measure() !== size) { size = measure(); fit(); } }).observe(place);
network.moveTo(start);

const frame = place.firstElementChild;
frame.setAttribute("role", "application");
frame.setAttribute("aria-label", "Picture of things and the lines between them. Arrow keys move it, plus and minus zoom. All that it shows is in the list after it.");

function jump(ids) {
  document.querySelectorAll(".chosen").forEach((one) => one.classList.remove("chosen"));
  ids.forEach((id) => document.getElementById(id).classList.add("chosen"));
  location.hash = ids[0];
  document.getElementById(ids[0]).focus({ preventScroll: true });
}
network.on("click", (event) => {
  if (event.nodes.length) { jump([data.anchors[event.nodes[0]]]); }
  else if (event.edges.length) { jump(edges.get(event.edges[0]).statements); }
});
network.on("hoverNode", (event) => {
  place.style.cursor = "pointer";
  nodes.update({ id: event.node, title: tip(nodes.get(event.node).name, []) });
});
network.on("hoverEdge", (event) => {
  place.style.cursor = "pointer";
  edges.update({ id: event.edge, title: tip("", edges.get(event.edge).statements) });
});
network.on("blurNode", () => { place.style.cursor = ""; });
network.on("blurEdge", () => { place.style.cursor = ""; });
/* The wheel scrolls the page, as elsewhere; with Ctrl it zooms. */
place.addEventListener("wheel", (event) => { if (!event.ctrlKey && !event.metaKey) { event.stopPropagation(); } }, { capture: true, passive: true });
const zoom = document.getElementById("zoom");
zoom.hidden = false;
zoom.addEventListener("click", (event) => {
  const by = Number(event.target.dataset.by);
  if (by) { network.moveTo({ scale: network.getScale() * by }); } else if (event.target.dataset.by) { network.moveTo(view()); }
});
window.addEventListener("beforeprint", () => { place.classList.add("printed"); fit(); });
window.addEventListener("afterprint", () => { place.classList.remove("printed"); fit(); });
