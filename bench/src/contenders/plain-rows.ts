import { hash } from 'node:crypto'

import type { RunIdentity } from '@harborage/core'

import type { BlobRow } from './plain-tables.ts'
import type { Place, Write } from './slot-store.ts'
import type { Said } from './turn-log.ts'

type Owner = Required<RunIdentity>

/** Returns the parameters that identify a session or run. */
export function ownerValues({ tenantId, userId, sessionId, runId }: Owner): string[] {
  return [tenantId, userId, sessionId, runId]
}

export function placeValues({ identity, kind }: Place): string[] {
  return [identity.tenantId, identity.userId, identity.sessionId, identity.runId, kind]
}

export function recordValues({ place, eventId, payload }: Write): unknown[] {
  return [...placeValues(place), eventId, 0, Date.now(), payload.bytes]
}

/** Returns an artifact with its digest as the name, so that the bare client hashes as well. */
export function blobRow(bytes: Uint8Array, sessionId = 's1'): BlobRow {
  const sha256 = sha256Of(bytes)
  return {
    tenant_id: 'acme',
    user_id: 'ann',
    session_id: sessionId,
    task_id: '',
    namespace: 'default',
    id: `default_${sha256.slice(0, 12)}`,
    mime_type: 'application/octet-stream',
    size_bytes: bytes.byteLength,
    filename: '',
    sha256,
    source_json: '{}',
    created_at: Date.now(),
    bytes,
  }
}

/** Returns the parameters that write an artifact, in the order of its columns. */
export function blobValues(row: BlobRow): unknown[] {
  return Object.values(row)
}

/** Returns the parameters that identify an artifact. */
export function blobPlace(id: string): string[] {
  return ['acme', 'ann', 's1', '', 'default', id]
}

export function turnBytes(turn: Said): Buffer {
  return Buffer.from(JSON.stringify(turn))
}

export function turnOf(bytes: Uint8Array): Said {
  return JSON.parse(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(),
  ) as Said
}

function sha256Of(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}
