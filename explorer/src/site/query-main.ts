/** What the page for SPARQL runs beside `main.ts`. */

import { queryEditor } from "./query";

queryEditor(document);
