/** Where things have their pages, seen from the page that is open. */

/** The way from a page to the root of the site, with a slash at its end. */
export function rootOf(page: Document): string {
  return page.documentElement.dataset.root || "./";
}

/** The page of the thing or statement that a CURIE names; "" for what has none. */
export function pageOf(root: string, id: string): string {
  const [, kind = "", slug = ""] = /^([a-z]+):([\w.-]+)$/i.exec(id) ?? [];
  if (!kind) return "";
  return kind === "aig" ? `${root}ns.html#${slug}` : `${root}id/${kind}/${slug}.html`;
}

/** Goes to another page. */
export type Go = (address: string) => void;
