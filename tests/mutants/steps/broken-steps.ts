import { ArtifactStore, InMemoryArtifactDriver } from '@harborage/artifacts'
import type { StepsHarness, StepStores } from '@harborage/conformance/steps'
import type { CheckedStep, CommittedStep, StepPlace, StepSide } from '@harborage/core/kit'
import { InMemoryMemoryDriver, MemoryStore, parseMemoryRules } from '@harborage/memory'
import { InMemoryStateDriver, StateStore } from '@harborage/state'

/** Applies a step, perhaps by `commit`, which does it right. */
export type BrokenCommit = (
  step: CheckedStep,
  commit: (step: CheckedStep) => Promise<CommittedStep>,
) => Promise<CommittedStep>

/** What is broken about steps. */
export interface BrokenSteps {
  /** The guarantee that it breaks. */
  readonly guarantee: `X${number}`
  /** Completes the sentence "steps that …". */
  readonly fault: string
  /** How a step is applied. Default: as it should be. */
  readonly commit?: BrokenCommit
  /** Changes the contents of the parts that the stores prepare. Default: no change. */
  readonly changePart?: (contents: PartFields) => Partial<PartFields>
}

/** The contents of a part that faults change. */
export interface PartFields {
  readonly operation: string
  readonly bytes: number
  readonly exclusive: readonly string[]
  readonly needsStepId: boolean
  readonly gate: { enter(): void; leave(): void }
  readonly owners: readonly { readonly tenantId: string }[]
  readonly alone: (payload: unknown) => Promise<unknown>
  readonly payload: () => unknown
  readonly side: { readonly place: StepPlace } | undefined
}

const brand = Symbol.for('harborage.part')

/** Returns the harness of broken steps, on stores in memory whose content outlives them. */
export function harnessOf({
  commit = (step, applied) => applied(step),
  changePart = () => ({}),
}: Pick<BrokenSteps, 'commit' | 'changePart'>): StepsHarness {
  const [records, blobs, conversations] = [
    new LastingState(),
    new LastingArtifacts(),
    new LastingMemory(),
  ]
  const place = brokenPlace(records.steps.place, commit)
  const drivers = {
    state: withPlace(records, place),
    artifacts: withPlace(blobs, place),
    memory: withPlace(conversations, place),
  }
  return {
    durable: true,
    callMs: 20,
    async open(bus): Promise<StepStores> {
      const state = new StateStore(drivers.state)
      const artifacts = new ArtifactStore(drivers.artifacts)
      const rules = parseMemoryRules({ strategy: 'truncation', bus })
      const memory = new MemoryStore(drivers.memory, { rules })
      for (const { prepare } of [state, artifacts, memory]) changeParts(prepare, changePart)
      return {
        state,
        artifacts,
        memory,
        async close() {
          for (const store of [state, artifacts, memory]) await store.close()
        },
      }
    },
    openElsewhere: async () => new StateStore(new InMemoryStateDriver()),
  }
}

class LastingState extends InMemoryStateDriver {
  override async close(): Promise<void> {}
}

class LastingArtifacts extends InMemoryArtifactDriver {
  override async close(): Promise<void> {}
}

class LastingMemory extends InMemoryMemoryDriver {
  override async close(): Promise<void> {}
}

function brokenPlace(intact: StepPlace, commit: BrokenCommit): StepPlace {
  return {
    database: Symbol('a place of its own'),
    commit: (step) => commit(step, (applied) => intact.commit(applied)),
  }
}

/** Returns the driver with its side in another place. */
function withPlace<Driver extends { readonly steps: StepSide<never, unknown> }>(
  driver: Driver,
  place: StepPlace,
): Driver {
  Object.defineProperty(driver, 'steps', { value: { ...driver.steps, place } })
  return driver
}

/** Makes the methods that prepare parts return changed ones. */
function changeParts(prepare: object, change: (contents: PartFields) => Partial<PartFields>): void {
  for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(prepare))) {
    const method: unknown = Reflect.get(prepare, name)
    if (name === 'constructor' || typeof method !== 'function') continue
    Object.defineProperty(prepare, name, {
      value: (...given: readonly unknown[]) => {
        const part: unknown = Reflect.apply(method, prepare, given)
        const contents = Reflect.get(part as object, brand) as PartFields
        return Object.defineProperty({}, brand, { value: { ...contents, ...change(contents) } })
      },
    })
  }
}
