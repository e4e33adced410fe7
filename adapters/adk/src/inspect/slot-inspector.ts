import { inspectSlots, type StoredType } from '@harborage/core/adapter'
import type { SlotInspector, StateRecord } from '@harborage/state'
import { FILE, readFile, readVersion, VERSION } from '../artifact/file-slots.ts'
import { readHead, SESSION } from '../session/session-record.ts'
import { APP_STATE, readValue, SESSION_STATE, USER_STATE } from '../session/state-slots.ts'

/**
 * The inspector of the slots that the services write: sessions, each key of the state, and the
 * names and versions of files. The content says what the kind has only a digest of.
 *
 * @example
 * ```ts
 * import { slotInspector } from '@harborage/adk/inspect'
 *
 * console.log(slotInspector.describe('adk.state/color')?.label) // 'state of a session'
 * ```
 */
export const slotInspector: SlotInspector = inspectSlots<StateRecord>('@harborage/adk', [
  {
    label: 'session',
    names: (kind) => (kind === SESSION ? {} : undefined),
    decode: async (record) => readHead(record),
  },
  slotsUnder(SESSION_STATE, 'state of a session', readValue),
  slotsUnder(USER_STATE, 'state of a user', readValue),
  slotsUnder(APP_STATE, 'state of an application', readValue),
  slotsUnder(FILE, 'file', readFile),
  slotsUnder(VERSION, 'version of a file', readVersion),
])

function slotsUnder(
  prefix: string,
  label: string,
  read: (record: StateRecord) => unknown,
): StoredType<StateRecord> {
  return {
    label,
    names: (kind) => (kind.startsWith(prefix) ? {} : undefined),
    decode: async (record) => read(record),
  }
}
