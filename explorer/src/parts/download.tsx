/** Files that the page gives: made in memory, saved by the browser; nothing is sent anywhere. */

/** What a file can be called everywhere. */
export function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+/, "").slice(0, 100) || "file"; // prettier-ignore
}

/** Has the browser save a file. */
export function save(name: string, type: string, content: string | Blob | Uint8Array<ArrayBuffer>): void {
  const link = document.createElement("a");
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.href = address;
  link.download = fileName(name);
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  // At once would be too soon for a browser that asks where to put it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A file that can be saved; its content is made when it is wanted. */
export interface File {
  readonly label: string;
  readonly name: string;
  readonly type: string;
  readonly content: () => string;
}

/** Buttons that save files. */
export function Downloads({ files, label = "Save as" }: { files: readonly File[]; label?: string }) {
  return (
    <span class="downloads" role="group" aria-label={label}>
      <span aria-hidden="true">{label}</span>
      {files.map((file) => (
        <button key={file.label} type="button" onClick={() => save(file.name, file.type, file.content())}>
          {file.label}
        </button>
      ))}
    </span>
  );
}
