/** The buttons that copy a text. */

/** How long it is said that a text was copied, in milliseconds. */
const SAID = 2000;

/** The old way, for pages from disk or by plain http: a field is selected and copied. */
function byField(button: HTMLElement, text: string): boolean {
  const field = button.ownerDocument.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  // Beside the button: in an open dialog nothing else can be selected.
  button.after(field);
  field.select();
  try {
    return button.ownerDocument.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    button.focus();
  }
}

async function copy(button: HTMLElement, text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return byField(button, text);
  }
}

/** Shows the buttons, and lets each copy its text and say so. */
export function copyButtons(page: Document): void {
  for (const button of page.querySelectorAll<HTMLButtonElement>("button.copy[data-copy]")) {
    const status = page.createElement("span");
    status.className = "copied";
    status.setAttribute("role", "status");
    button.after(status);
    let timer = 0;
    button.addEventListener("click", async () => {
      const done = await copy(button, button.dataset.copy ?? "");
      status.textContent = done ? "Copied" : "Not copied: the browser does not allow it";
      window.clearTimeout(timer);
      timer = window.setTimeout(() => (status.textContent = ""), SAID);
    });
    button.hidden = false;
  }
}
