/** Things as links to their pages. */

import type { Option } from "../parts/combobox";
import { pageOf } from "./address";

/** The links of a list, each with what tells its thing from others. */
export function Links({ root, options }: { root: string; options: readonly Option[] }) {
  return (
    <>
      {options.map(({ id, label, hint }) => (
        <li key={id}>
          <a href={pageOf(root, id)}>
            <bdi>{label}</bdi>
          </a>{" "}
          {hint && <small>{hint}</small>}
        </li>
      ))}
    </>
  );
}
