import { COPY_TENANT, maintenance, type DumpingStore } from './dumping-store.ts'

/** Yields the records of a store after a place, without those of a copy itself. */
export async function* walkRecords<Dumped extends object, Place extends object>(
  { dumps, placeOf }: DumpingStore<Dumped, Place>,
  after?: Place,
): AsyncGenerator<Dumped, undefined> {
  for await (const record of dumps.dump(maintenance, after === undefined ? {} : { after })) {
    if (!isOfCopy(placeOf(record))) yield record
  }
  return undefined
}

/** Returns whether a place is of the tenant of copies. */
function isOfCopy(place: object): boolean {
  const owner: unknown =
    'identity' in place ? place.identity : 'owner' in place ? place.owner : undefined
  return (
    typeof owner === 'object' &&
    owner !== null &&
    'tenantId' in owner &&
    owner.tenantId === COPY_TENANT
  )
}
