import { newEventId, tenantOwner, userOwner, type Owner, type RunIdentity } from '@harborage/core'
import type { NewStateRecord } from '@harborage/state'
import { Choice } from '@harborage/test-kit/choice'
import type { FourStores } from './four-stores.ts'

/** Names whose order by bytes is not that of a plain sort. */
const NAMES = ['a', 'B', 'a.b', 'é', '🙂', '\uffff', 'a%']

/** Calls the stores with random arguments, which are the same for the same seed. */
export async function fillStores(stores: FourStores, seed: number, calls: number): Promise<void> {
  const choice = new Choice(seed)
  for (let done = 0; done < calls; done += 1) {
    await choice.of([saveSlot, saveSlot, putArtifact, addTurn, append, append, shorten])(
      stores,
      choice,
    )
  }
}

async function saveSlot({ state }: FourStores, choice: Choice): Promise<void> {
  const record: NewStateRecord = {
    eventId: newEventId(),
    identity: ownerOf(choice),
    kind: choice.of(NAMES),
    bytes: bytesOf(choice),
    version: choice.below(5),
    updatedAt: new Date(choice.below(2 ** 40)),
    ...choice.of([{}, {}, { expiresAt: new Date(1_000) }, { expiresAt: new Date(8e15) }]),
  }
  await state.save(record)
}

async function putArtifact({ artifacts }: FourStores, choice: Choice): Promise<void> {
  const { runId = '', ...session } = ownerOf(choice)
  const scope = session.sessionId === '' ? ownerOf(choice, 'wide') : { ...session, taskId: runId }
  await artifacts.putBytes(scope, bytesOf(choice), {
    namespace: choice.of(NAMES),
    filename: choice.of(NAMES),
    source: { step: choice.below(9), names: NAMES.slice(0, choice.below(3)) },
    ...choice.of([{}, {}, { expiresAt: new Date(1_000) }, { expiresAt: new Date(8e15) }]),
  })
}

async function addTurn({ memory }: FourStores, choice: Choice): Promise<void> {
  const identity = runOf(choice)
  const turnId = newEventId()
  const turn = { turnId, userMessage: choice.of(NAMES), assistantResponse: 'x'.repeat(40) }
  await memory.addTurn(identity, turn)
  if (choice.below(8) === 0) await memory.forget(identity, turnId)
}

async function append({ journal }: FourStores, choice: Choice): Promise<void> {
  const entries = Array.from({ length: 1 + choice.below(3) }, () => ({
    entryId: newEventId(),
    type: choice.of(NAMES),
    bytes: bytesOf(choice),
    createdAt: new Date(choice.below(2 ** 40)),
  }))
  const expiresAt = choice.below(4) === 0 ? new Date(1 + choice.below(2 ** 42)) : undefined
  await journal.append(ownerOf(choice), choice.of(NAMES), entries, expiresAt && { expiresAt })
}

/** Replaces the end of a stream or trims its beginning, or deletes something. */
async function shorten({ journal, state }: FourStores, choice: Choice): Promise<void> {
  const owner = ownerOf(choice)
  const stream = choice.of(NAMES)
  const head = await journal.head(owner, stream)
  if (head === undefined) return
  const { position } = head
  switch (choice.below(4)) {
    case 0:
      await journal.trim(owner, stream, { before: choice.below(position) })
      return
    case 1:
      await journal.replaceAfter({
        owner,
        stream,
        position: choice.below(position),
        entries: [{ entryId: newEventId(), bytes: bytesOf(choice) }],
        operationId: newEventId(),
        ifPosition: position,
      })
      return
    case 2:
      await state.delete(owner, choice.of(NAMES))
      return
    default:
      if (choice.below(5) === 0) await journal.delete(owner, stream)
  }
}

function ownerOf(choice: Choice, level?: 'wide'): Owner {
  const { tenantId, userId, sessionId, runId } = runOf(choice)
  const wide = [userOwner({ tenantId, userId }), tenantOwner({ tenantId })]
  if (level === 'wide') return choice.of(wide)
  return choice.of<Owner>([
    { tenantId, userId, sessionId, runId },
    { tenantId, userId, sessionId },
    ...wide,
  ])
}

function runOf(choice: Choice): Required<RunIdentity> {
  return {
    tenantId: choice.of(NAMES.slice(0, 3)),
    userId: choice.of(NAMES.slice(2, 5)),
    sessionId: choice.of(NAMES.slice(3)),
    runId: choice.of(['', ...NAMES.slice(0, 2)]),
  }
}

function bytesOf(choice: Choice): Uint8Array {
  return Uint8Array.from({ length: choice.below(60) }, () => choice.below(256))
}
