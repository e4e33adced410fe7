import { compareRefs } from '@harborage/artifacts'
import type { DumpOptions, LoadedDump, MaintenanceScope } from '@harborage/core'
import { compareNames, compareOwners } from '@harborage/core/kit'
import type { JournalPlace } from '@harborage/journal'
import type { OpenStores } from '../places/open-place.ts'
import type { StoreName } from '../profile/profile.ts'

/** The tenant that holds the lease and the marker of a copy at its target. */
export const COPY_TENANT = 'harborage.copy'

/** The scope of calls that cross identities. */
export const maintenance: MaintenanceScope = { maintenanceScoped: true }

/** The calls of a store that dump and load it. */
interface Dumps<Dumped, Place> {
  dump(scope: MaintenanceScope, options?: DumpOptions<Place>): AsyncIterable<Dumped>
  loadDump(scope: MaintenanceScope, records: readonly Dumped[]): Promise<LoadedDump>
}

/** A store that is copied or compared, with what the commands need to know of its records. */
export interface DumpingStore<Dumped, Place> {
  readonly store: StoreName
  readonly dumps: Dumps<Dumped, Place>
  /** Returns what names a record, without its content: plain JSON. */
  readonly placeOf: (record: Dumped) => Place
  /** Compares two places in the order of a dump. */
  readonly compare: (left: Place, right: Place) => number
}

/** Does the same with each store that both sides have. */
export interface PairVisitor<Result> {
  visit<Dumped extends object, Place extends object>(
    from: DumpingStore<Dumped, Place>,
    to: DumpingStore<Dumped, Place>,
  ): Promise<Result>
}

/** Visits the stores that both sides have, one after the other. */
export async function visitPairs<Result>(
  from: OpenStores,
  to: OpenStores,
  visitor: PairVisitor<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  if (from.state && to.state) {
    results.push(await visitor.visit(ofState(from.state), ofState(to.state)))
  }
  if (from.artifacts && to.artifacts) {
    results.push(await visitor.visit(ofArtifacts(from.artifacts), ofArtifacts(to.artifacts)))
  }
  if (from.memory && to.memory) {
    results.push(await visitor.visit(ofMemory(from.memory.store), ofMemory(to.memory.store)))
  }
  if (from.journal && to.journal) {
    results.push(await visitor.visit(ofJournal(from.journal), ofJournal(to.journal)))
  }
  return results
}

type DumpedOf<Store extends { dump(...given: never[]): AsyncIterable<unknown> }> =
  ReturnType<Store['dump']> extends AsyncIterable<infer Dumped> ? Dumped : never

type State = NonNullable<OpenStores['state']>
type Artifacts = NonNullable<OpenStores['artifacts']>
type Memory = NonNullable<OpenStores['memory']>['store']
type Journal = NonNullable<OpenStores['journal']>

function ofState(dumps: State): DumpingStore<DumpedOf<State>, SlotPlace> {
  return {
    store: 'state',
    dumps,
    placeOf: ({ identity, kind }) => ({ identity, kind }),
    compare: (left, right) =>
      compareOwners(left.identity, right.identity) || compareNames(left.kind, right.kind),
  }
}

type SlotPlace = Pick<DumpedOf<State>, 'identity' | 'kind'>
type ArtifactPlace = Pick<DumpedOf<Artifacts>['ref'], 'scope' | 'namespace' | 'id'>
type ConversationPlace = Pick<DumpedOf<Memory>, 'identity'>

function ofArtifacts(dumps: Artifacts): DumpingStore<DumpedOf<Artifacts>, ArtifactPlace> {
  return {
    store: 'artifacts',
    dumps,
    placeOf: ({ ref: { scope, namespace, id } }) => ({ scope, namespace, id }),
    compare: compareRefs,
  }
}

function ofMemory(dumps: Memory): DumpingStore<DumpedOf<Memory>, ConversationPlace> {
  return {
    store: 'memory',
    dumps,
    placeOf: ({ identity }) => ({ identity }),
    compare: (left, right) => compareOwners(left.identity, right.identity),
  }
}

function ofJournal(dumps: Journal): DumpingStore<DumpedOf<Journal>, JournalPlace> {
  return {
    store: 'journal',
    dumps,
    placeOf: ({ owner, stream, generation, position }) => ({
      owner,
      stream,
      generation,
      ...(position === undefined ? {} : { position }),
    }),
    compare: (left, right) =>
      compareOwners(left.owner, right.owner) ||
      compareNames(left.stream, right.stream) ||
      (left.position ?? HEAD) - (right.position ?? HEAD),
  }
}

/** The head of a stream comes before its rows. */
const HEAD = Number.MIN_SAFE_INTEGER
