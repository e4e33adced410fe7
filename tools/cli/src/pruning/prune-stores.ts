import { allOfTenant, isHarborageError, type PruneResult, type Subtree } from '@harborage/core'
import { subtreeOf, type Selection } from '../arguments/identity-options.ts'
import type { CommandRun } from '../command.ts'
import { maintenance } from '../copying/dumping-store.ts'
import { ownerOfCopy } from '../copying/slots-of-copy.ts'
import { Progress } from '../output/progress.ts'
import type { WorkCounts } from '../places/count-work.ts'
import type { OpenStores } from '../places/open-place.ts'
import type { OpenProfile } from '../places/open-profile.ts'
import { dumpNames, type DumpName } from '../profile/profile.ts'
import type { Rules } from './prune-rules.ts'
import { ownerOfPrune } from './slots-of-prune.ts'

/** What was pruned of a store, or of the passages of one. */
export interface PrunedStore extends PruneResult {
  readonly store: DumpName
  /** Whether it was pruned to its end. */
  readonly isWhole: boolean
}

/** What is pruned. */
export interface Pruning {
  readonly profile: OpenProfile
  /** `undefined` for all tenants. */
  readonly selection: Selection | undefined
  readonly rules: Rules
  readonly dryRun: boolean
  /** What each store has of the selection. */
  readonly totals: WorkCounts
}

interface SubtreeOptions {
  readonly dryRun: boolean
  readonly onProgress: (progress: PruneResult) => void
}

/** A store that is pruned. */
interface PrunedWithin {
  tenants(scope: typeof maintenance): AsyncIterable<{ readonly tenantId: string }>
  prune(subtree: Subtree, options: SubtreeOptions): Promise<PruneResult>
}

/**
 * Prunes the stores of a profile, and yields what was removed of each. It ends after the current
 * batch when the command is stopped. The others are pruned if a store fails.
 */
export async function* pruneStores(run: CommandRun, pruning: Pruning): AsyncIterable<PrunedStore> {
  const { profile, rules, totals } = pruning
  const stores = prunedStores(profile.stores, rules)
  for (const store of dumpNames) {
    const opened = stores[store]
    if (opened === undefined) continue
    const total = rules.kind === undefined ? totals.get(store) : undefined
    yield await pruneStore(run, { store, opened, total }, pruning)
  }
}

async function pruneStore(
  { out, signal, streams }: CommandRun,
  at: {
    readonly store: DumpName
    readonly opened: PrunedWithin
    readonly total: number | undefined
  },
  { selection, dryRun }: Pruning,
): Promise<PrunedStore> {
  const { store, opened, total } = at
  const progress = new Progress(streams.stderr, `pruning ${store}`, total)
  let sum = { examined: 0, pruned: 0 }
  let current = { examined: 0, pruned: 0 }
  const onProgress = (made: PruneResult): void => {
    current = { examined: made.examined, pruned: made.pruned }
    progress.show(sum.examined + made.examined)
    signal.throwIfAborted()
  }
  try {
    for await (const subtree of subtreesOf(opened, selection)) {
      signal.throwIfAborted()
      await opened.prune(subtree, { dryRun, onProgress })
      sum = added(sum, current)
      current = { examined: 0, pruned: 0 }
    }
    return { store, ...sum, isWhole: true }
  } catch (error) {
    if (!isHarborageError(error)) throw error
    const { code, message } = error
    out.error(store, { code, message })
    return { store, ...added(sum, current), isWhole: false }
  } finally {
    progress.end()
  }
}

function added(one: PruneResult, other: PruneResult): PruneResult {
  return { examined: one.examined + other.examined, pruned: one.pruned + other.pruned }
}

/** The tenants in which the commands keep what they need, by their own rules. */
const ownTenants: ReadonlySet<string> = new Set([ownerOfCopy.tenantId, ownerOfPrune.tenantId])

async function* subtreesOf(
  store: PrunedWithin,
  selection: Selection | undefined,
): AsyncIterable<Subtree> {
  if (selection !== undefined) {
    yield subtreeOf(selection)
    return
  }
  for await (const { tenantId } of store.tenants(maintenance)) {
    if (!ownTenants.has(tenantId)) yield allOfTenant({ tenantId })
  }
}

/** Returns the stores that the rules are about. */
function prunedStores(
  { state, artifacts, memory, journal }: OpenStores,
  { kind, ...rules }: Rules,
): Readonly<Record<DumpName, PrunedWithin | undefined>> {
  // Conversations and passages do not expire, and a conversation has no kind.
  const isByRule = Object.keys(rules).length > 0
  const prefix = kind ?? ''
  return {
    state: state && {
      tenants: (scope) => state.tenants(scope),
      prune: (subtree, options) =>
        state.prune(subtree, { ...rules, ...options, kindPrefix: prefix }),
    },
    artifacts: artifacts && {
      tenants: (scope) => artifacts.tenants(scope),
      prune: (subtree, options) =>
        artifacts.prune(subtree, { ...rules, ...options, namespace: prefix }),
    },
    memory: memory &&
      ((isByRule && kind === undefined) || undefined) && {
        tenants: (scope) => memory.store.tenants(scope),
        prune: (subtree, options) => memory.store.prune(subtree, { ...rules, ...options }),
      },
    passages: memory &&
      (isByRule || undefined) && {
        tenants: (scope) => memory.store.tenants(scope),
        prune: (subtree, options) =>
          memory.store.passages.prune(subtree, {
            ...rules,
            ...options,
            ...(kind !== undefined && { collection: kind }),
          }),
      },
    journal: journal && {
      tenants: (scope) => journal.tenants(scope),
      prune: (subtree, options) => journal.prune(subtree, { ...rules, ...options, prefix }),
    },
  }
}
