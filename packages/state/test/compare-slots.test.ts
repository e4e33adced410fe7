import { compareSlots, type SlotKey } from '@harborage/state'
import { expect, test } from 'vitest'

test('compareSlots orders slots by kind, tenant, user, session and run, each by its UTF-8 bytes', () => {
  const slot = (kind: string, ...[tenantId, userId, sessionId, runId]: string[]): SlotKey => ({
    kind,
    identity: {
      tenantId: tenantId ?? 't',
      userId: userId ?? 'u',
      sessionId: sessionId ?? 's',
      runId: runId ?? '',
    },
  })
  const ordered = [
    slot('a', 'z', 'z', 'z', 'z'),
    slot('b', 'a', 'z', 'z', 'z'),
    slot('b', 'b', 'a', 'z', 'z'),
    slot('b', 'b', 'b', 'a', 'z'),
    slot('b', 'b', 'b', 'b', ''),
    slot('b', 'b', 'b', 'b', 'a'),
    slot('\uFFFD'),
    slot('\u{1F600}'), // after the previous one by UTF-8 bytes, before it by UTF-16 units
  ]
  expect(ordered.toReversed().sort(compareSlots)).toEqual(ordered)
  expect(compareSlots(slot('a'), slot('a'))).toBe(0)
})
