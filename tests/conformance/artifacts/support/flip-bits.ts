import { open, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'

import type { ArtifactRef } from '@harborage/artifacts'
import type { ArtifactHarness, FlipBit } from '@harborage/conformance/artifacts'
import BetterSqlite3 from 'better-sqlite3'

import { queryPostgres } from '@harborage/test-kit/postgres/query'

type Damage = NonNullable<ArtifactHarness['damage']>

const AT =
  'tenant_id = $1 and user_id = $2 and session_id = $3 and task_id = $4 and namespace = $5 and id = $6'

function valuesOf({ scope, namespace, id }: ArtifactRef): string[] {
  return [scope.tenantId, scope.userId, scope.sessionId, scope.taskId, namespace, id]
}

/** Flips bits of the artifacts in a file of SQLite. */
export function flipsInSqlite(fileOf: () => string): Damage {
  const change =
    (column: string, flip: (value: unknown, bit: number) => unknown): FlipBit =>
    async (ref, bit) => {
      const database = new BetterSqlite3(fileOf())
      try {
        const place = AT.replaceAll(/\$\d/g, '?')
        const at = valuesOf(ref)
        const value = database
          .prepare<unknown[]>(`select ${column} from artifacts_blobs where ${place}`)
          .pluck()
          .get(...at)
        database
          .prepare<unknown[]>(`update artifacts_blobs set ${column} = ? where ${place}`)
          .run(flip(value, bit), ...at)
      } finally {
        database.close()
      }
    }
  return {
    bytes: change('bytes', (value, bit) => flipped(Buffer.from(value as Uint8Array), bit)),
    size: change('size_bytes', (value, bit) => Number(value) ^ (1 << bit)),
    checksum: change('checksum', flippedText),
    digest: change('sha256', flippedText),
  }
}

/** Flips bits of the artifacts in a database of Postgres. */
export function flipsInPostgres(dsnOf: () => string): Damage {
  const change =
    (setting: (bit: number) => string): FlipBit =>
    async (ref, bit) => {
      const text = `update artifacts_blobs set ${setting(bit)} where ${AT}`
      await queryPostgres(dsnOf(), text, valuesOf(ref))
    }
  const firstOf = (column: string) => (bit: number) =>
    `${column} = chr(ascii(${column}) # ${1 << bit}) || substring(${column} from 2)`
  return {
    bytes: change((bit) => `bytes = set_bit(bytes, ${bit}, 1 - get_bit(bytes, ${bit}))`),
    size: change((bit) => `size_bytes = size_bytes # ${1 << bit}`),
    checksum: change(firstOf('checksum')),
    digest: change(firstOf('sha256')),
  }
}

/** Flips bits of the artifacts in the files of a folder, whose header has a digest of its own. */
export function flipsInFiles(folderOf: () => string): Damage {
  const change =
    (place: (content: Buffer, ref: ArtifactRef) => number): FlipBit =>
    async (ref, bit) => {
      const name = ref.sha256.slice(0, 12)
      const found = await readdir(join(folderOf(), 'artifacts'), { recursive: true })
      for (const path of found.filter((each) => basename(each) === name)) {
        const file = await open(join(folderOf(), 'artifacts', path), 'r+')
        try {
          const content = await file.readFile()
          const from = place(content, ref)
          const at = from + (bit >> 3)
          await file.write(Buffer.of((content[at] ?? 0) ^ (1 << (bit & 7))), 0, 1, at)
        } finally {
          await file.close()
        }
      }
    }
  return {
    bytes: change((content, { sizeBytes }) => content.byteLength - sizeBytes),
    size: change((content) => content.indexOf('"sizeBytes":') + '"sizeBytes":'.length),
  }
}

function flipped(bytes: Buffer, bit: number): Buffer {
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return bytes
}

function flippedText(value: unknown, bit: number): string {
  const text = String(value)
  return String.fromCharCode(text.charCodeAt(0) ^ (1 << bit)) + text.slice(1)
}
