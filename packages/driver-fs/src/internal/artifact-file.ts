import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { ArtifactRef } from '@harborage/artifacts'
import { HarborageError } from '@harborage/core'
import { parseJsonObject } from '@harborage/core/kit'
import { z } from 'zod'
import { decodeTrailer, encodeTrailer, TRAILER_BYTES } from './expiry-trailer.ts'

/** The first bytes of every artifact file: the name of the format, and its version. */
const MAGIC = Buffer.from('HBA1')

const LENGTH_BYTES = 4
const DIGEST_BYTES = 32

/**
 * The size of the magic bytes, the header length as a big-endian 32-bit number, and the header's
 * SHA-256.
 */
const PREFIX_BYTES = MAGIC.byteLength + LENGTH_BYTES + DIGEST_BYTES

/** Far above the largest header, which has 64 KiB of source and eight names. */
const MAX_HEADER_BYTES = 1024 * 1024

/** The size of the first read: nearly always the whole header, so that a ref takes one read. */
const FIRST_READ_BYTES = 2048

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

/** Returns the parts of an artifact's file: its header, its content, and its expiry if any. */
export function encodeFile(
  ref: ArtifactRef,
  sourceText: string,
  bytes: Uint8Array,
): readonly Uint8Array[] {
  const { expiresAt } = ref
  const parts = [encodeHeader(ref, sourceText), bytes]
  return expiresAt === undefined ? parts : [...parts, encodeTrailer(expiresAt)]
}

/** Returns what precedes the content in an artifact's file. */
function encodeHeader(ref: ArtifactRef, sourceText: string): Uint8Array {
  const { source: _, expiresAt: __, ...named } = ref
  const facts = { ...named, sourceText, createdAt: ref.createdAt.getTime() }
  const text = Buffer.from(JSON.stringify(facts))
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(text.byteLength)
  return Buffer.concat([MAGIC, length, headerDigest(text), text])
}

/** What an artifact's file says besides the content. */
export interface FileFacts {
  readonly ref: ArtifactRef
  /** Where the content begins. */
  readonly bytesFrom: number
}

/**
 * Reads what precedes and follows the content.
 *
 * @throws `artifact_corrupt` if any of it is damaged, or the file has another length.
 */
export async function readFacts(file: FileHandle): Promise<FileFacts> {
  const status = await file.stat()
  if (!status.isFile()) throw corrupt()
  const start = Buffer.from(await readExactly(file, 0, Math.min(status.size, FIRST_READ_BYTES)))
  if (start.byteLength < PREFIX_BYTES) throw corrupt()
  const length = start.readUInt32BE(MAGIC.byteLength)
  const bytesFrom = PREFIX_BYTES + length
  if (!start.subarray(0, MAGIC.byteLength).equals(MAGIC)) throw corrupt()
  if (length > MAX_HEADER_BYTES || bytesFrom > status.size) throw corrupt()
  const text =
    bytesFrom <= start.byteLength
      ? start.subarray(PREFIX_BYTES, bytesFrom)
      : await readExactly(file, PREFIX_BYTES, length)
  const digest = start.subarray(PREFIX_BYTES - DIGEST_BYTES, PREFIX_BYTES)
  if (!digest.equals(headerDigest(text))) throw corrupt()
  const named = decodeHeader(text)
  const expiresAt = await readExpiry(file, bytesFrom + named.sizeBytes, status.size)
  return { ref: { ...named, expiresAt }, bytesFrom }
}

/** @param end Where the content ends. */
async function readExpiry(
  file: FileHandle,
  end: number,
  fileSize: number,
): Promise<Date | undefined> {
  if (fileSize === end) return undefined
  if (fileSize !== end + TRAILER_BYTES) throw corrupt()
  const expiresAt = decodeTrailer(await readExactly(file, end, TRAILER_BYTES))
  if (expiresAt === 'damaged') throw corrupt()
  return expiresAt
}

/** Overwrites the expiry of an artifact's file durably. */
export async function writeExpiry(
  file: FileHandle,
  { ref, bytesFrom }: FileFacts,
  expiresAt: Date | undefined,
): Promise<void> {
  const end = bytesFrom + ref.sizeBytes
  // By itself, so that a crash leaves either size, and the file has no expiry yet.
  await file.truncate(end + TRAILER_BYTES)
  await file.sync()
  const trailer = encodeTrailer(expiresAt)
  let done = 0
  while (done < trailer.byteLength) {
    const left = trailer.byteLength - done
    done += (await file.write(trailer, done, left, end + done)).bytesWritten
  }
  await file.sync()
}

/**
 * Reads exactly `length` bytes.
 *
 * @throws `artifact_corrupt` if the file ends before.
 */
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

/** Returns the error for a damaged file. */
export function corrupt(cause?: unknown): HarborageError {
  return new HarborageError(
    'artifact_corrupt',
    'the file of the artifact is damaged: restore it from a backup, or delete it and put the content again',
    cause === undefined ? {} : { cause },
  )
}

function headerDigest(text: Uint8Array): Uint8Array {
  return createHash('sha256').update(text).digest()
}

function decodeHeader(text: Uint8Array): Omit<ArtifactRef, 'expiresAt'> {
  try {
    const { sourceText, createdAt, ...facts } = header.parse(
      JSON.parse(new TextDecoder().decode(text)),
    )
    return { ...facts, source: parseJsonObject(sourceText), createdAt: new Date(createdAt) }
  } catch (cause) {
    throw corrupt(cause)
  }
}
