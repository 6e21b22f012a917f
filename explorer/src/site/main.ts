/** What the script adds to the pages of the site, which can be read without it. */

import { pictureAround } from "./around";
import { askForms } from "./ask";
import { copyButtons } from "./copy";
import { searchBox } from "./find";
import { results } from "./found";
import { instead } from "./instead";
import { createNames } from "./names";

const names = createNames(document);
const go = (address: string): void => location.assign(address);

void results(document, names);
void instead(document, names);
searchBox(document, names, go);
copyButtons(document);
askForms(document, names, go);
pictureAround(document, go);
