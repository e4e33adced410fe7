import type { FileHandle } from 'node:fs/promises'
import type { ArtifactRef } from '@harborage/artifacts'
import { ArtifactCorruptError, parseJsonObject } from '@harborage/core'
import { z } from 'zod'

/** The first bytes of every artifact file: a name for the format, and its version. */
const MAGIC = Buffer.from('HBA1')

/** Magic, then the length of the header as a 32-bit number, big end first. */
const PREFIX_BYTES = MAGIC.byteLength + 4

/** Far above what a header can have: 64 KiB of source and eight names. */
const MAX_HEADER_BYTES = 1024 * 1024

const header = z.strictObject({
  id: z.string(),
  namespace: z.string(),
  scope: z.strictObject({
    tenantId: z.string(),
    userId: z.string(),
    sessionId: z.string(),
    taskId: z.string(),
  }),
  mimeType: z.string(),
  sizeBytes: z.int(),
  filename: z.string(),
  sha256: z.string(),
  sourceText: z.string(),
  createdAt: z.int(),
})

/** What stands before the bytes in an artifact's file. */
export function encodeHeader({ source, createdAt, ...ref }: ArtifactRef): Uint8Array {
  const facts = { ...ref, sourceText: JSON.stringify(source), createdAt: createdAt.getTime() }
  const text = Buffer.from(JSON.stringify(facts))
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.set(MAGIC)
  prefix.writeUInt32BE(text.byteLength, MAGIC.byteLength)
  return Buffer.concat([prefix, text])
}

/** Reads what stands before the bytes, and where the bytes begin. */
export async function readHeader(
  file: FileHandle,
): Promise<{ readonly ref: ArtifactRef; readonly bytesFrom: number }> {
  const prefix = await readExactly(file, 0, PREFIX_BYTES)
  const length = Buffer.from(prefix.buffer).readUInt32BE(MAGIC.byteLength)
  if (!MAGIC.equals(prefix.subarray(0, MAGIC.byteLength)) || length > MAX_HEADER_BYTES) {
    throw corrupt()
  }
  const text = await readExactly(file, PREFIX_BYTES, length)
  return { ref: decodeHeader(text), bytesFrom: PREFIX_BYTES + length }
}

/** Reads just so many bytes; a file that ends before is corrupt. */
export async function readExactly(
  file: FileHandle,
  position: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done)
    if (bytesRead === 0) throw corrupt()
    done += bytesRead
  }
  return bytes
}

/** The error for a file that is not what was written. */
export function corrupt(cause?: unknown): ArtifactCorruptError {
  return new ArtifactCorruptError(
    'the file of the artifact is damaged: restore it from its source or a backup',
    cause === undefined ? {} : { cause },
  )
}

function decodeHeader(text: Uint8Array): ArtifactRef {
  try {
    const { sourceText, createdAt, ...facts } = header.parse(
      JSON.parse(new TextDecoder().decode(text)),
    )
    return { ...facts, source: parseJsonObject(sourceText), createdAt: new Date(createdAt) }
  } catch (cause) {
    throw corrupt(cause)
  }
}
