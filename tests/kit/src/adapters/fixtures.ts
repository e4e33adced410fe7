import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseEventId } from '@harborage/core'

import type { Stores } from './places.ts'

/** What a release has stored of a user's sessions. A fixture is never changed. */
export interface SessionsFixture {
  readonly streams: readonly {
    readonly sessionId: string
    readonly stream: string
    readonly entries: readonly {
      readonly entryId: string
      readonly type: string
      readonly base64: string
    }[]
  }[]
  readonly records: readonly {
    /** Default: `s1`. */
    readonly sessionId?: string
    readonly kind: string
    readonly eventId: string
    readonly base64: string
  }[]
}

/** Returns the fixtures of a folder, each with its name, in the order of their names. */
export function fixturesIn<Fixture>(
  folder: string,
  pattern: string,
): readonly (readonly [name: string, fixture: Fixture])[] {
  return globSync(pattern, { cwd: folder })
    .toSorted()
    .map((file) => {
      const fixture = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Fixture
      return [basename(file, '.json'), fixture] as const
    })
}

/** Stores what a release has stored of the sessions of a user. */
export async function restoreSessions(
  { journal, state }: Stores,
  user: { readonly tenantId: string; readonly userId: string },
  { streams, records }: SessionsFixture,
): Promise<void> {
  for (const { sessionId, stream, entries } of streams) {
    const restored = entries.map(({ entryId, type, base64 }) => ({
      entryId: parseEventId(entryId),
      type,
      bytes: Buffer.from(base64, 'base64'),
    }))
    await journal.append({ ...user, sessionId }, stream, restored)
  }
  for (const { sessionId = 's1', kind, eventId, base64 } of records) {
    const bytes = Buffer.from(base64, 'base64')
    const identity = { ...user, sessionId }
    await state.save({ identity, kind, eventId: parseEventId(eventId), bytes })
  }
}
