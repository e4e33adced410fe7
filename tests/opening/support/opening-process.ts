// Run by a test in many processes: opens what it is told, saves a record, reads it back and closes.
import { newEventId } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { openPlace, type Place } from './places.ts'

/**
 * What a process answers for each place: the outcome of its save, what it then read, or its
 * failure.
 */
export interface OpeningReport {
  readonly saved?: string
  readonly read?: string
  readonly failure?: string
}

async function open(place: Place): Promise<OpeningReport> {
  const text = `written by ${process.pid}`
  const identity = { tenantId: 'acme', userId: 'ann', sessionId: `process ${process.pid}` }
  try {
    await using database = await openPlace(place)
    await using state = await openStateStore({ database })
    const bytes = new TextEncoder().encode(text)
    const saved = await state.save({ eventId: newEventId(), identity, kind: 'note', bytes })
    const read = await state.loadOrThrow(identity, 'note')
    return {
      saved,
      read: new TextDecoder().decode(read.bytes).replace(String(process.pid), 'itself'),
    }
  } catch (error) {
    return { failure: String(error) }
  }
}

process.on('message', (place: Place) => {
  void open(place).then((report) => process.send?.(report))
})
process.send?.({})
