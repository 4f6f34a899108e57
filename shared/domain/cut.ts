/** At most so many bytes of UTF-8; a text that was cut ends in `…`, and no character is cut in two. */
export function cutToBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  // `stream`: the decoder keeps the beginning of an unfinished character to itself instead of answering U+FFFD.
  return `${new TextDecoder().decode(bytes.subarray(0, maxBytes - ELLIPSIS_BYTES), { stream: true })}…`;
}

const ELLIPSIS_BYTES = Buffer.byteLength('…');
