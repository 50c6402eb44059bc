/**
 * The cyclic redundancy check CRC-32 of gzip, PNG and IEEE 802.3 (reflected polynomial 0xEDB88320): finds every
 * single run of up to 32 damaged bits. Eight bytes a step by eight tables (M. Kounavis, F. Berry, "A systematic
 * approach to building high performance software-based CRC generators", ISCC 2005). O(n).
 */

const tables = makeTables();

/** The checksum of `bytes`, continuing from the checksum `before` of what stands before them; unsigned. */
export function crc32(bytes: Uint8Array, before = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  let crc = ~before;
  let i = 0;
  for (const end = bytes.length - 7; i < end; i += 8) {
    crc ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    crc =
      t7[crc & 255] ^
      t6[(crc >>> 8) & 255] ^
      t5[(crc >>> 16) & 255] ^
      t4[crc >>> 24] ^
      t3[bytes[i + 4]] ^
      t2[bytes[i + 5]] ^
      t1[bytes[i + 6]] ^
      t0[bytes[i + 7]];
  }
  for (; i < bytes.length; i++) crc = t0[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Table k holds the effect of a byte that stands k bytes before the end. */
function makeTables(): Int32Array[] {
  const all = Array.from({ length: 8 }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    all[0][byte] = crc;
  }
  for (let k = 1; k < 8; k++) {
    for (let byte = 0; byte < 256; byte++) {
      const crc = all[k - 1][byte];
      all[k][byte] = all[0][crc & 255] ^ (crc >>> 8);
    }
  }
  return all;
}
