/**
 * The SPARQL editor: CodeMirror in a shadow tree, where it keeps its styles as adopted style sheets. In the page itself
 * it would write style elements, which the page's policy does not allow.
 */

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type Completion,
  type CompletionContext, type CompletionResult } from "@codemirror/autocomplete"; // prettier-ignore
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const KEYWORDS = (
  "SELECT DISTINCT WHERE FILTER OPTIONAL UNION MINUS BIND AS VALUES EXISTS NOT GRAPH FROM NAMED ORDER BY ASC DESC " +
  "GROUP HAVING LIMIT OFFSET ASK CONSTRUCT DESCRIBE PREFIX BASE IN UNDEF COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT " +
  "STR LANG DATATYPE BOUND IRI COALESCE IF REGEX CONTAINS STRSTARTS STRENDS STRLEN SUBSTR UCASE LCASE CONCAT REPLACE " +
  "YEAR MONTH DAY isIRI isLiteral"
).split(" ");

/** A name that the editor completes, with what it means. */
export interface Name {
  /** CURIE. */
  readonly name: string;
  readonly label: string;
  readonly kind: "class" | "property" | "thing";
}

/** Completes prefixes, then the names behind one; variables and keywords where no prefix stands. */
export function complete(
  context: CompletionContext,
  names: readonly Name[],
  prefixes: readonly string[],
): CompletionResult | null {
  const name = context.matchBefore(/[A-Za-z][\w-]*:[\w.-]*/);
  if (name) {
    const prefix = name.text.slice(0, name.text.indexOf(":") + 1);
    const options = names.flatMap((one): Completion[] =>
      one.name.startsWith(prefix) ? [{ label: one.name, detail: one.label, type: one.kind }] : [],
    );
    return { from: name.from, options, validFor: /^[A-Za-z][\w-]*:[\w.-]*$/ };
  }
  const word = context.matchBefore(/[?\w]+/);
  if (!word && !context.explicit) return null;
  const variables = new Set(context.state.doc.toString().match(/\?\w+/g));
  if (word) variables.delete(word.text);
  const options = [
    ...[...variables].map((label): Completion => ({ label, type: "variable", boost: 2 })),
    ...prefixes.map((prefix): Completion => ({ label: `${prefix}:`, type: "namespace", detail: "prefix", boost: 1 })),
    ...KEYWORDS.map((label): Completion => ({ label, type: "keyword" })),
  ];
  return { from: word?.from ?? context.pos, options, validFor: /^[?\w]*$/ };
}

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-keyword)", fontWeight: "600" },
  { tag: [tags.string, tags.number], color: "var(--code-text)" },
  { tag: [tags.local(tags.variableName), tags.variableName], color: "var(--code-variable)" },
  { tag: [tags.atom, tags.meta], color: "var(--code-name)" },
  { tag: tags.standard(tags.variableName), color: "var(--code-keyword)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
]);

/**
 * Takes typed text before the browser writes it: where text replaces other text, Chromium writes it with a style
 * attribute, which the page's policy does not allow. What is composed (Chinese, accents) is left to the browser.
 */
const TYPING = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const text = event.data;
    if (event.inputType !== "insertText" || text === null || event.isComposing || view.composing) return false;
    const { from, to } = view.state.selection.main;
    const insert = () => view.state.update({ ...view.state.replaceSelection(text), userEvent: "input.type" });
    const handled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, text, insert));
    if (!handled) view.dispatch(insert(), { scrollIntoView: true });
    event.preventDefault();
    return true;
  },
});

const LOOK = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--paper)", fontSize: "0.875rem" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", maxHeight: "26rem" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.5rem 0", minHeight: "12rem" },
  // A click below the last line is one into the text.
  ".cm-gutter": { minHeight: "12rem" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { color: "var(--muted)", backgroundColor: "var(--raised)", borderRight: "1px solid var(--line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--chosen)",
  },
  ".cm-placeholder": { color: "var(--muted)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--chosen)", outline: "1px solid var(--accent)" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "transparent", outline: "1px solid var(--warn)" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--raised)", border: "1px solid var(--line)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    color: "var(--on-accent)",
    backgroundColor: "var(--accent)",
  },
  ".cm-completionDetail": { color: "inherit", marginLeft: "1em", fontStyle: "normal", opacity: "0.85" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--warn)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--warn)" },
});

export interface Editor {
  text(): string;
  /** Puts another text in place of all; the same text changes nothing. */
  put(text: string): void;
  /** Marks what is wrong, and puts the caret there; -1 takes the mark away. */
  fault(at: number, message: string): void;
  focus(): void;
  destroy(): void;
}

interface Options {
  readonly text: string;
  readonly label: string;
  /** Both are asked for once something is to be completed; what comes late is waited for, and shown then. */
  readonly prefixes: () => Promise<readonly string[]>;
  readonly names: () => Promise<readonly Name[]>;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
}

/** An editor in a place of the page. Tab leaves it; Control and Enter ask. */
export function createEditor(place: HTMLElement, options: Options): Editor {
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  const run = () => {
    options.onRun();
    return true;
  };
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        keymap.of([
          { key: "Mod-Enter", run },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        lineNumbers(),
        lintGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        StreamLanguage.define(sparql),
        syntaxHighlighting(COLOURS),
        autocompletion({
          override: [async (context) => complete(context, await options.names(), await options.prefixes())],
          maxRenderedOptions: 50,
          icons: false,
        }),
        placeholder("SELECT …"),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": options.label, "aria-multiline": "true" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onChange(update.state.doc.toString());
        }),
        TYPING,
        LOOK,
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    put: (text) => {
      if (text === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    fault: (at, message) => {
      if (at < 0) {
        view.dispatch(setDiagnostics(view.state, []));
        return;
      }
      const from = Math.min(at, view.state.doc.length);
      const length = /^[\w:.-]+/.exec(view.state.sliceDoc(from, from + 100))?.[0].length ?? 1;
      const to = Math.min(from + length, view.state.doc.length);
      view.dispatch(setDiagnostics(view.state, [{ from, to, severity: "error", message }]));
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
