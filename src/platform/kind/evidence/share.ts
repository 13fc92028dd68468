/** How a cap is shared among pieces of evidence. Apart because it is arithmetic, and the cap must hold whatever the pieces are. */

/** Bytes that each piece may keep, in the order of `sizes`. Small pieces are kept whole; what is left is shared evenly among the rest, which keep their ends. */
export function shareOut(sizes: readonly number[], cap: number): readonly number[] {
  const order = sizes.map((size, i) => ({ size, i })).sort((a, b) => a.size - b.size);
  const kept = new Array<number>(sizes.length).fill(0);
  let left = Math.max(0, Math.floor(cap));
  order.forEach(({ size, i }, done) => {
    const share = Math.min(size, Math.floor(left / (order.length - done)));
    kept[i] = share;
    left -= share;
  });
  return kept;
}

/** The end of a text that fits into so many bytes, from the beginning of a line, with a word on what is missing. */
export function endOf(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  const note = `[cut: the first ${bytes.length - bytesMax} bytes and a little more]\n`;
  const room = bytesMax - note.length;
  if (room <= 0) return '';
  const tail = bytes.subarray(bytes.length - room).toString('utf8');
  return note + tail.slice(tail.indexOf('\n') + 1);
}
