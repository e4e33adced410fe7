import type { CheckedRecord, CheckedTransaction, SlotKey } from '../state-driver.ts'

/**
 * Returns what a commit is to do, for the digest of its step. Dates are left out: they default to
 * the time at which the commit is prepared.
 */
export function contentOfCommit({
  expect,
  save,
  saveIfEmpty,
  delete: deletions,
  deletePrefix,
}: CheckedTransaction): (string | Uint8Array)[] {
  const outline = [
    expect.map((each) => [...placeOf(each), each.eventId]),
    save.map(recordOutline),
    saveIfEmpty.map(recordOutline),
    deletions.map(placeOf),
    deletePrefix.map(({ identity, kindPrefix }) => placeOf({ identity, kind: kindPrefix })),
  ]
  return [JSON.stringify(outline), ...[...save, ...saveIfEmpty].map(({ bytes }) => bytes)]
}

function recordOutline(record: CheckedRecord): readonly (string | number)[] {
  return [...placeOf(record), record.eventId, record.version]
}

function placeOf({ identity, kind }: SlotKey): readonly string[] {
  const { tenantId, userId, sessionId, runId } = identity
  return [tenantId, userId, sessionId, runId, kind]
}
