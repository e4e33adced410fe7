import { ownerOf, subtreeOf, type Selection } from '../arguments/identity-options.ts'
import type { CommandRun } from '../command.ts'
import { maintenance } from '../copying/dumping-store.ts'
import type { Output } from '../output/output.ts'
import { printable } from '../output/printable.ts'
import { bytesText, countOf, dateText, expiryText } from '../output/quantities.ts'
import { loadInspectors, type Inspectors } from '../payload/inspectors.ts'
import type { OpenStores } from '../places/open-place.ts'
import { conversationFields, conversationText } from './conversation-text.ts'
import { Section } from './section.ts'

/** What is listed of an owner. */
interface Listing {
  readonly selection: Selection
  /** What the names of slots and streams begin with. */
  readonly prefix: string
  readonly limit: number | undefined
}

/** What is listed of things that adapters may have written. */
interface LabeledListing extends Listing {
  readonly inspectors: Inspectors
}

/** Lists what belongs to a selection itself, and resolves to the number of things. */
export async function listContents(
  run: CommandRun,
  stores: OpenStores,
  listing: Listing,
): Promise<number> {
  const inspectors = await loadInspectors(run)
  const slots = await listSlots(run, stores, { ...listing, inspectors })
  const artifacts = await listArtifacts(run, stores, listing)
  const conversations = await listConversation(run, stores, listing)
  const passages = await listPassages(run, stores, listing)
  const streams = await listStreams(run, stores, { ...listing, inspectors })
  return slots + artifacts + conversations + passages + streams
}

async function listSlots(
  { out, signal }: CommandRun,
  { state }: OpenStores,
  { selection, prefix, limit, inspectors }: LabeledListing,
): Promise<number> {
  if (state === undefined) return 0
  const section = new Section(out, 'Slots')
  const options = { signal, ...(limit !== undefined && { limit }) }
  for await (const key of state.listKeys(ownerOf(selection), prefix, options)) {
    const { kind, eventId, version, size, createdAt, updatedAt, expiresAt } = key
    const label = inspectors.describe(kind)?.label
    const known = { ...selection, kind, eventId, version, size, createdAt, updatedAt }
    await section.item('slot', { ...known, expiresAt, label }, () =>
      row(size, updatedAt, kind, aboutText(out, [label ?? '', expiryText(expiresAt)])),
    )
  }
  return section.count
}

async function listArtifacts(
  { out, signal }: CommandRun,
  { artifacts }: OpenStores,
  { selection, limit }: Listing,
): Promise<number> {
  if (artifacts === undefined || selection.runId !== '') return 0
  const section = new Section(out, 'Artifacts')
  const options = { signal, ...(limit !== undefined && { limit }) }
  const { tenantId, userId, sessionId } = selection
  // Of a session those of all its tasks, of a user or a tenant its own.
  const filter = sessionId === '' ? ownerOf(selection) : { tenantId, userId, sessionId }
  for await (const ref of artifacts.list(filter, options)) {
    const { id, scope, sizeBytes, mimeType, filename, sha256, createdAt, expiresAt } = ref
    const { taskId } = scope
    const fields = {
      ...selection,
      taskId,
      id,
      size: sizeBytes,
      mimeType,
      filename,
      sha256,
      createdAt,
      expiresAt,
    }
    await section.item('artifact', fields, () => {
      const task = taskId === '' ? '' : `task ${taskId}`
      const about = [mimeType, filename, task, expiryText(expiresAt)]
      return row(sizeBytes, createdAt, id, aboutText(out, about))
    })
  }
  return section.count
}

async function listConversation(
  { out }: CommandRun,
  { memory }: OpenStores,
  { selection }: Listing,
): Promise<number> {
  if (memory === undefined || selection.sessionId === '') return 0
  const header = await memory.driver.readHeader(selection)
  if (header === undefined) return 0
  const section = new Section(out, 'Conversation')
  await section.item('conversation', { ...selection, ...conversationFields(header) }, () =>
    conversationText(header),
  )
  return section.count
}

/** The collections of passages that are read at once: each is read as a whole. */
const PASSAGES_PAGE = 10

async function listPassages(
  { out, signal }: CommandRun,
  { memory }: OpenStores,
  { selection, limit = Number.POSITIVE_INFINITY }: Listing,
): Promise<number> {
  if (memory === undefined || selection.sessionId === '') return 0
  const section = new Section(out, 'Passages')
  const options = { within: subtreeOf(selection), signal, pageSize: PASSAGES_PAGE }
  for await (const each of memory.store.passages.dump(maintenance, options)) {
    const { identity, collection, passages } = each
    // Those of the runs of a session come after its own.
    if (identity.runId !== selection.runId || section.count >= limit) break
    const size = passages.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
    const newest = passages.map(({ createdAt }) => createdAt).reduce(later)
    const fields = { ...selection, collection, passages: passages.length, size, newest }
    await section.item('passages', fields, () =>
      row(size, newest, collection, aboutText(out, [countOf(passages.length, 'passage')])),
    )
  }
  return section.count
}

function later(one: Date, other: Date): Date {
  return one < other ? other : one
}

async function listStreams(
  { out, signal }: CommandRun,
  { journal }: OpenStores,
  { selection, prefix, limit, inspectors }: LabeledListing,
): Promise<number> {
  if (journal === undefined) return 0
  const section = new Section(out, 'Streams')
  const options = { signal, prefix, ...(limit !== undefined && { limit }) }
  for await (const { stream, head } of journal.streams(ownerOf(selection), options)) {
    const { first, position, length, updatedAt, expiresAt } = head
    const label = inspectors.describeStream(stream)?.label
    await section.item(
      'stream',
      { ...selection, stream, first, position, length, updatedAt, expiresAt, label },
      () => {
        const entries = countOf(length, 'entry', 'entries').padStart(13)
        const about = aboutText(out, [expiryText(expiresAt)])
        return `${entries}  ${dateText(updatedAt)}  ${printable(stream)}${about}`
      },
    )
  }
  return section.count
}

/** Returns what is known of a thing besides its size, its date and its name. */
function aboutText(out: Output, about: readonly string[]): string {
  const shown = about.filter((part) => part !== '').join(', ')
  return shown === '' ? '' : out.style('dim', `  ${printable(shown)}`)
}

function row(bytes: number, date: Date, name: string, about: string): string {
  return `${bytesText(bytes).padStart(9)}  ${dateText(date)}  ${printable(name)}${about}`
}
