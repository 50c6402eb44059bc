/**
 * The wire format of protocol buffers, as far as a writer needs it: a message is a sequence of fields, each a key
 * (number · 8 + wire type) and a value, where integers are little-endian in groups of seven bits and everything else
 * is its length and its bytes.
 */

/** A message in the making. */
export interface MessageWriter {
  /** A 64-bit integer; negative ones take ten bytes. */
  integer(field: number, value: number): void;
  /** A 32-bit float. */
  float(field: number, value: number): void;
  text(field: number, value: string): void;
  bytes(field: number, value: Uint8Array): void;
  /** A message within the message. */
  message(field: number, write: (inner: MessageWriter) => void): void;
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** The bytes of a message. O(bytes · depth of nesting). */
export function encodeMessage(write: (message: MessageWriter) => void): Uint8Array {
  const pieces: Uint8Array[] = [];
  const put = (value: Uint8Array) => {
    pieces.push(value);
  };
  const key = (field: number, wireType: number) => put(varint(field * 8 + wireType));
  const bytes = (field: number, value: Uint8Array) => {
    key(field, LENGTH_DELIMITED);
    put(varint(value.length));
    put(value);
  };
  write({
    integer(field, value) {
      key(field, VARINT);
      put(varint(value));
    },
    float(field, value) {
      key(field, FIXED_32);
      const four = new Uint8Array(4);
      new DataView(four.buffer).setFloat32(0, value, true);
      put(four);
    },
    text: (field, value) => bytes(field, new TextEncoder().encode(value)),
    bytes,
    message: (field, inner) => bytes(field, encodeMessage(inner)),
  });
  return joined(pieces);
}

function varint(value: number): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const groups: number[] = [];
  do {
    const more = rest > 127n ? 128 : 0;
    groups.push(Number(rest & 127n) | more);
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(groups);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
