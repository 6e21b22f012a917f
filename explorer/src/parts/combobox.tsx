/** A text field with suggestions below it: the combobox of the ARIA Authoring Practices, list autocomplete. */

import { useId, useRef, useState } from "preact/hooks";
import { fold, nearness, NOT_AT_ALL } from "../data/search";

/** What can be chosen; `hint` tells it from others of the same label, `names` also find it. */
export interface Option {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly names?: readonly string[];
}

const MOST = 10;
const NONE = -1;

/** The options that answer to a text, best first. */
export function matching(options: readonly Option[], text: string): Option[] {
  const wanted = fold(text);
  const exact = options.filter((option) => option.id === text.trim());
  if (exact.length || !text.trim()) return exact.length ? exact : options.slice(0, MOST);
  if (!wanted) return [];
  const ranked = options.flatMap((option) => {
    const near = Math.min(
      ...[option.label, ...(option.names ?? []), option.id].map((name) => nearness(fold(name), wanted)),
    );
    return near < NOT_AT_ALL ? [{ option, near }] : [];
  });
  return ranked.sort((one, other) => one.near - other.near).slice(0, MOST).map(({ option }) => option); // prettier-ignore
}

interface Props {
  readonly label: string;
  /** What can be chosen, or how it is found by a text. */
  readonly options?: readonly Option[];
  readonly suggest?: (text: string) => readonly Option[];
  /** The id of what is chosen, or what was written in its place; "" for nothing. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  /**
   * What is done with a suggestion that was chosen, where that is not to become the value: the value is then what is
   * written. Only what was gone to is chosen, so that Enter stays the form's.
   */
  readonly onChoose?: (id: string) => void;
  readonly placeholder?: string | undefined;
  /** Whether a text that names no option is a value too; otherwise it is put back. */
  readonly free?: boolean;
  /** Whether the field is emptied when something was chosen. */
  readonly clears?: boolean;
  readonly labelHidden?: boolean;
  /** Whether the page has a label for the field already. */
  readonly labelElsewhere?: boolean;
  readonly describedBy?: string | undefined;
  readonly invalid?: boolean;
  readonly inputId?: string | undefined;
  readonly name?: string | undefined;
}

/**
 * See `Props`. The first suggestion is the one that Enter takes, unless there is `onChoose`; Escape closes the list,
 * then empties the field.
 */
export function Combobox(props: Props) {
  const {
    label,
    options,
    value,
    onChange,
    onChoose,
    placeholder,
    free = false,
    clears = false,
    labelHidden = false,
  } = props;
  const suggest = props.suggest ?? ((text: string) => matching(options ?? [], text));
  const made = useId();
  // Made names are the same in each of several trees on a page.
  const own = props.inputId ?? made;
  const inputId = props.inputId ?? `${made}-input`;
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(NONE);

  const named = (id: string): string =>
    id && ((options ?? suggest(id)).find((option) => option.id === id)?.label ?? id);
  // A value that was set from elsewhere, such as by the back button, overtakes what was typed.
  const kept = typed !== null && (!free || typed === value) ? typed : null;
  const text = kept ?? (onChoose ? value : named(value));
  const found = open ? suggest(kept ?? "") : [];
  const at = Math.min(active, found.length - 1);

  const close = () => {
    setOpen(false);
    setActive(NONE);
  };
  const choose = (option: Option) => {
    setTyped(clears ? "" : null);
    close();
    (onChoose ?? onChange)(option.id);
  };
  const type = (written: string) => {
    setTyped(written);
    setOpen(true);
    setActive(onChoose ? NONE : 0);
    if (free) onChange(written);
    else if (!written.trim()) onChange("");
  };
  const leave = () => {
    close();
    if (typed === null || onChoose) return;
    const same = suggest(typed).filter((option) => fold(option.label) === fold(typed) || option.id === typed.trim());
    if (typed.trim() && same.length === 1 && same[0] && !clears) choose(same[0]);
    else if (!free) setTyped(null);
  };
  const press = (event: KeyboardEvent) => {
    // Safari ends a composition before the key that ends it, and marks that by its code alone.
    if (event.isComposing || event.keyCode === 229 || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (!open) {
        setOpen(true);
        setActive(0);
      } else if (found.length) setActive((Math.max(at, step < 0 ? 0 : NONE) + step + found.length) % found.length);
    } else if (event.key === "Enter" && open && found[at]) {
      event.preventDefault();
      choose(found[at]);
    } else if (event.key === "Escape" && (open || text)) {
      event.preventDefault();
      event.stopPropagation();
      if (!open) type("");
      close();
    }
  };
  const expanded = open && found.length > 0;
  return (
    <div class="combobox">
      {!props.labelElsewhere && (
        <label for={inputId} class={labelHidden ? "unseen" : ""}>
          {label}
        </label>
      )}
      <input
        ref={input}
        id={inputId}
        name={props.name}
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        aria-autocomplete="list"
        aria-expanded={expanded}
        aria-controls={`${own}-list`}
        aria-activedescendant={expanded && at >= 0 ? `${own}-${at}` : undefined}
        aria-invalid={props.invalid ? "true" : undefined}
        aria-describedby={props.describedBy}
        placeholder={placeholder}
        value={text}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={press}
        onClick={() => setOpen(true)}
        onBlur={leave}
      />
      <ul id={`${own}-list`} role="listbox" aria-label={label} hidden={!expanded}>
        {found.map((option, place) => (
          <li
            key={option.id}
            id={`${own}-${place}`}
            role="option"
            aria-selected={place === at}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(option)}
            onMouseMove={() => place !== at && setActive(place)}
          >
            <bdi>{option.label}</bdi>
            {option.hint && <small>{option.hint}</small>}
          </li>
        ))}
      </ul>
      <span class={open && !free && typed?.trim() && !found.length ? "nothing" : "unseen"} role="status">
        {open && typed?.trim() ? (found.length ? `${found.length} suggestions` : "Nothing is called so.") : ""}
      </span>
    </div>
  );
}
