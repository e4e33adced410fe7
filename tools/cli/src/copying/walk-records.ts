import { isHarborageError } from '@harborage/core'
import { CommandFailure } from '../command-failure.ts'
import { printable } from '../output/printable.ts'
import { maintenance, type DumpingStore, type Found, type WalkRange } from './dumping-store.ts'

/** What is walked, and what ends the search for what is damaged there. */
interface WalkOptions<Place> extends WalkRange<Place> {
  /** Default: nothing ends it. */
  readonly signal?: AbortSignal
}

/**
 * Yields the records of a store, without those of a copy itself.
 *
 * @throws CommandFailure that names the first record whose content is damaged.
 */
export async function* walkRecords<Dumped extends object, Place extends object>(
  store: DumpingStore<Dumped, Place>,
  { signal, ...range }: WalkOptions<Place> = {},
): AsyncGenerator<Dumped, undefined> {
  const { dumps, placeOf, isOfCopy } = store
  let last = range.after
  try {
    for await (const record of dumps.dump(maintenance, range)) {
      last = placeOf(record)
      if (isOfCopy?.(last) !== true) yield record
    }
  } catch (error) {
    if (!isHarborageError(error, 'artifact_corrupt')) throw error
    const damaged = await firstDamaged(store, withAfter(range, last), signal)
    if (damaged === undefined) throw error
    throw new CommandFailure(
      'failed',
      `the content of ${printable(JSON.stringify(damaged))} is damaged: restore it from a backup, or delete it. harborage verify finds all that are`,
    )
  }
  return undefined
}

/** Yields every record of a store, and the places of those whose content is damaged. */
export async function* findRecords<Dumped extends object, Place extends object>(
  store: DumpingStore<Dumped, Place>,
  range: WalkRange<Place> = {},
): AsyncGenerator<Found<Dumped, Place>, undefined> {
  if (store.findAll !== undefined) yield* store.findAll(range)
  else {
    for await (const record of walkRecords(store, range)) {
      yield { place: store.placeOf(record), record }
    }
  }
  return undefined
}

/** Resolves to the place of the first damaged record. */
async function firstDamaged<Dumped extends object, Place extends object>(
  store: DumpingStore<Dumped, Place>,
  range: WalkRange<Place>,
  signal: AbortSignal | undefined,
): Promise<Place | undefined> {
  for await (const { place, record } of findRecords(store, range)) {
    signal?.throwIfAborted()
    if (record === undefined) return place
  }
  return undefined
}

function withAfter<Place>(range: WalkRange<Place>, after: Place | undefined): WalkRange<Place> {
  return after === undefined ? range : { ...range, after }
}
