/** A bound on the memory of a WebAssembly module, which the browser keeps: a query that wants more ends, not the page. */

const MEMORY_SECTION = 5;
export const PAGE = 65536;

/** A number in LEB128 and the place behind it. */
function number(bytes: Uint8Array, place: number): [value: number, after: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[place++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, place];
  }
}

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

/** The module with at most so many pages of memory; a module without one memory of its own as it stands. */
export function capped(module: Uint8Array<ArrayBuffer>, pages: number): Uint8Array<ArrayBuffer> {
  for (let place = 8; place < module.length;) {
    const [size, body] = number(module, place + 1);
    if (module[place] === MEMORY_SECTION) {
      const [count, flags] = number(module, body);
      if (count !== 1) return module;
      const [least] = number(module, flags + 1);
      const section = [1, 1, ...leb(least), ...leb(Math.max(least, pages))];
      const made = [MEMORY_SECTION, ...leb(section.length), ...section];
      const rest = module.subarray(body + size);
      const whole = new Uint8Array(place + made.length + rest.length);
      whole.set(module.subarray(0, place));
      whole.set(made, place);
      whole.set(rest, place + made.length);
      return whole;
    }
    place = body + size;
  }
  return module;
}
