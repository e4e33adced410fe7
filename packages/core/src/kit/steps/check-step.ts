import { HarborageError } from '../../harborage-error.ts'
import type { RunIdentity } from '../../identity.ts'
import { checkRequiredName, describeType, KnownNames } from '../argument-checks.ts'
import { contentsOf, type PartContents } from './make-part.ts'
import type { StepPlace } from './step-side.ts'

/** The largest number of parts of a step. */
const MAX_PARTS = 1000

/** The largest size of a step, in bytes: 16 MiB. */
export const MAX_STEP_BYTES: number = 16 * 1024 * 1024

/** A part of a step with its name. */
export interface NamedContents {
  readonly name: string
  readonly participant: object
  readonly contents: PartContents
}

/** A step whose arguments were checked. */
export interface StepToCommit {
  readonly place: StepPlace
  readonly tenantId: string
  readonly stepId: string | undefined
  /** The distinct owners of its parts. */
  readonly owners: readonly Required<RunIdentity>[]
  /** In their order. */
  readonly parts: readonly NamedContents[]
}

const stepNames = new KnownNames('the step', ['stepId', 'parts'])

/** Checks a step. The errors that are about one part name it. */
export function checkStep(step: unknown): StepToCommit {
  if (typeof step !== 'object' || step === null) {
    throw malformed(`the step is ${describeType(step)}: pass { parts } with an optional stepId`)
  }
  stepNames.check(step)
  const stepId = 'stepId' in step ? checkStepId(step.stepId) : undefined
  const named = readParts('parts' in step ? step.parts : undefined)
  const parts = named.map(usable)
  const place = commonPlace(named)
  const tenantId = commonTenant(parts)
  refuseRepeated(parts)
  refuseLarge(parts)
  if (stepId === undefined) refuseUnnamed(parts)
  return { place, tenantId, stepId, owners: distinctOwners(parts), parts }
}

/** Rejects an explicit `undefined`: a repeat of the step would be applied again. */
function checkStepId(stepId: unknown): string {
  if (stepId === undefined) {
    throw malformed('stepId is undefined: pass an id of your own, or leave it out')
  }
  return checkRequiredName('stepId', stepId, 'invalid_record')
}

interface NamedPart {
  readonly name: string
  readonly contents: PartContents
}

function readParts(parts: unknown): NamedPart[] {
  if (typeof parts !== 'object' || parts === null || Array.isArray(parts)) {
    throw malformed(`parts is ${describeType(parts)}: pass an object of parts by their names`)
  }
  const entries: (readonly [string, unknown])[] = Object.entries(parts)
  if (entries.length === 0 || entries.length > MAX_PARTS) {
    throw malformed(`parts has ${entries.length} parts: pass 1 to ${MAX_PARTS}`)
  }
  return entries.map(([name, part]) => {
    const contents = contentsOf(part)
    if (contents !== undefined) return { name, contents }
    throw malformed(
      `a part is ${describeType(part)}: pass what a prepare method of a store, or appRows(), returned`,
      name,
    )
  })
}

function usable({ name, contents }: NamedPart, index: number, all: readonly NamedPart[]) {
  const { side, use } = contents
  if (side === undefined) {
    throw new HarborageError(
      'database_mismatch',
      'the driver of this store takes no part in steps, as for files: put it by a call of its own, or keep it in the database of the other parts',
      { part: name },
    )
  }
  if (use === 'applied') {
    throw malformed('the part was applied by an earlier step: prepare a new one', name)
  }
  if (use === 'in use' || all.findIndex((each) => each.contents === contents) < index) {
    throw malformed('the part is in use by a step: prepare one for each', name)
  }
  return { name, participant: side.participant, contents }
}

function commonPlace(parts: readonly NamedPart[]): StepPlace {
  let place: StepPlace | undefined
  for (const { name, contents } of parts) {
    place ??= contents.side?.place
    if (contents.side?.place.database === place?.database) continue
    throw new HarborageError(
      'database_mismatch',
      'the parts are not of one database: open one with openDatabase(), openSqlite() or openPostgres(), and pass it to each store',
      { part: name },
    )
  }
  if (place === undefined) throw malformed('the step has no parts')
  return place
}

function commonTenant(parts: readonly NamedContents[]): string {
  let tenantId: string | undefined
  for (const { name, contents } of parts) {
    for (const owner of contents.owners) {
      tenantId ??= owner.tenantId
      if (owner.tenantId === tenantId) continue
      throw malformed('the parts are of more than one tenant: make a step for each', name)
    }
  }
  if (tenantId !== undefined) return tenantId
  throw malformed(
    'the step has no part of a store: make a transaction of your own for your rows',
    parts[0]?.name,
  )
}

function refuseRepeated(parts: readonly NamedContents[]): void {
  const seen = new Set<string>()
  for (const { name, contents } of parts) {
    for (const id of contents.exclusive ?? []) {
      if (seen.has(id)) {
        throw malformed('another part changes the same slot or has the same event id', name)
      }
      seen.add(id)
    }
  }
}

function refuseLarge(parts: readonly NamedContents[]): void {
  let bytes = 0
  for (const { name, contents } of parts) {
    bytes += contents.bytes
    if (bytes <= MAX_STEP_BYTES) continue
    throw new HarborageError(
      'step_too_large',
      `the parts hold more than ${MAX_STEP_BYTES} bytes: put large content as artifacts first, which may be repeated, and then make the step`,
      { part: name },
    )
  }
}

function refuseUnnamed(parts: readonly NamedContents[]): void {
  const unnamed = parts.find(({ contents }) => contents.needsStepId)
  // By itself a part is the call of its store.
  if (unnamed === undefined || parts.length === 1) return
  throw malformed('a step with such a part needs a stepId, to be recognized', unnamed.name)
}

function distinctOwners(parts: readonly NamedContents[]): Required<RunIdentity>[] {
  const byKey = new Map<string, Required<RunIdentity>>()
  for (const { contents } of parts) {
    for (const { tenantId, userId, sessionId, runId } of contents.owners) {
      const owner = { tenantId, userId, sessionId, runId }
      byKey.set(JSON.stringify(owner), owner)
    }
  }
  return [...byKey.values()]
}

function malformed(message: string, part?: string): HarborageError {
  return new HarborageError('invalid_record', message, part === undefined ? {} : { part })
}
