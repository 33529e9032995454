// How the bytes of a payload are stored once they are compressed, and how they come back. SQLite's
// threads do both, by the functions of SQL that they make of these two.
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { PAYLOAD_BYTES_MAX } from '../event.ts'

/** In the column `encoding` of what `compress` gave. */
export const ENCODING = 'zstd'

/** SQL for the bytes as they came. It names the function that both of SQLite's threads have. */
export const PLAIN_BODY = 'CASE WHEN encoding IS NULL THEN body ELSE decompressed(body, encoding) END'

// Level 6 makes GitHub's payloads 4 % smaller, and takes half as long again.
const LEVEL = 3

// Less than a fifth is not worth the way back.
const SHARE_MAX = 0.8

/** Null when it does not pay. */
export function compress(bytes: Uint8Array): Uint8Array | null {
  const compressed = zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } })
  return compressed.byteLength <= bytes.byteLength * SHARE_MAX ? compressed : null
}

/** Throws for what cannot have been a payload. */
export function decompress(bytes: Uint8Array, encoding: string): Uint8Array {
  if (encoding !== ENCODING) throw new Error(`a payload's bytes are in an unknown encoding: ${encoding}`)
  return zstdDecompressSync(bytes, { maxOutputLength: PAYLOAD_BYTES_MAX })
}
