/** Names of programs as people read them. */

/** A name in camel case as words: `heldBy` is "held by", `SourceText` "source text". Means the same as kg/pages.py. */
export function spaced(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, " ").toLowerCase();
}
