/** A use of the public types that compiles, and the same with a mistake that must not compile. */
export interface TypeCase {
  readonly what: string
  readonly right: string
  readonly wrong: string
  /** The code of the compiler's only error about `wrong`, and a piece of its message. */
  readonly error: readonly [code: string, message: string]
}

/** The declarations of every case. */
export const prelude = `
import { commitTogether, createEventBus, type Database, type ErrorCode, type EventId, type Identity, isHarborageError, newEventId, parseEventId, type RunIdentity } from '@harborage/core'
import { createContext } from '@harborage/core/kit'
import {
  defineSlot, openStateStore, type NewStateRecord, type SaveOutcome, type SlotValue, type StateDriver,
  type StateRecord, type StateStore, type StateTransaction, type TypedSaveOptions, type TypedSlot,
  type UpdateOptions,
} from '@harborage/state'
import { openSqlite } from '@harborage/driver-sqlite'
import { openPostgres } from '@harborage/driver-postgres'
import { z } from 'zod'

declare const store: StateStore
declare const identity: Identity
declare const eventId: EventId
declare const record: NewStateRecord
declare const stored: StateRecord
declare const database: Database
declare const caught: unknown
const bytes = new Uint8Array()
const kind = 'k'
`
