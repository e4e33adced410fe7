import { createHash, type Hash } from 'node:crypto'
import type { NamedContents } from './check-step.ts'

/** Returns the SHA-256 of what a step is to do, in hex. */
export function digestOf(parts: readonly NamedContents[]): string {
  const hash = createHash('sha256')
  for (const { name, contents } of parts) {
    add(hash, name)
    add(hash, contents.operation)
    add(hash, JSON.stringify(contents.owners.map(ownerParts)))
    for (const piece of contents.contentOf()) add(hash, piece)
  }
  return hash.digest('hex')
}

function ownerParts({
  tenantId,
  userId,
  sessionId,
  runId,
}: NamedContents['contents']['owners'][0]) {
  return [tenantId, userId, sessionId, runId]
}

/** Adds a piece with its length, so that no two lists of pieces are the same text. */
function add(hash: Hash, piece: string | Uint8Array): void {
  const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
  hash.update(`${bytes.byteLength}:`).update(bytes)
}
