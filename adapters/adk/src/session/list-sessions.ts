import type { ListSessionsRequest, ListSessionsResponse } from '@google/adk'
import { allOfTenant, allOfUser, HarborageError, type Identity } from '@harborage/core'
import type { Slot, StateStore } from '@harborage/state'
import { appPath, userIdentity } from '../place.ts'
import type { Tenant } from '@harborage/core/adapter'
import { readHead, SESSION, type SessionHead } from './session-record.ts'

/** How many sessions are looked at in one statement. */
const BATCH = 200

/** The numbers of an answer, and where its sessions begin and end among all. */
interface Page {
  readonly from: number
  readonly to: number
  readonly numbers: Omit<ListSessionsResponse, 'sessions'>
}

/** The sessions of an answer, and its numbers. */
export interface ListedSessions {
  readonly heads: readonly SessionHead[]
  readonly numbers: Omit<ListSessionsResponse, 'sessions'>
}

/**
 * Resolves to the sessions of an application, of a user or of all users of the tenant.
 *
 * @throws `invalid_record` if a number of the request is malformed.
 */
export async function listSessions(
  state: StateStore,
  tenant: Tenant,
  request: ListSessionsRequest,
): Promise<ListedSessions> {
  checkNumbers(request)
  const heads = await allHeads(state, tenant, request)
  const { order } = request
  if (order !== undefined) heads.sort((left, right) => compare(left, right, order))
  const { from, to, numbers } = pageOf(heads.length, request)
  return { heads: heads.slice(from, to), numbers }
}

async function allHeads(
  state: StateStore,
  tenant: Tenant,
  { appName, userId }: ListSessionsRequest,
): Promise<SessionHead[]> {
  const path = appPath(appName)
  const subtree =
    userId === undefined ? allOfTenant(tenant) : allOfUser(userIdentity(tenant, { userId }))
  const heads: SessionHead[] = []
  let slots: Slot[] = []
  const look = async (): Promise<void> => {
    for (const record of await state.loadMany(slots)) {
      const head = record && readHead(record)
      if (head?.appName === appName) heads.push(head)
    }
    slots = []
  }
  for await (const identity of state.sessions(subtree)) {
    if (!mayBeOf(path, identity)) continue
    slots.push({ identity, kind: SESSION })
    if (slots.length === BATCH) await look()
  }
  if (slots.length > 0) await look()
  return heads
}

/** Returns whether a session can be of an application: a digest may be of any. */
function mayBeOf(path: string, { sessionId }: Identity): boolean {
  return sessionId.startsWith(path) || sessionId.startsWith('%')
}

function compare(left: SessionHead, right: SessionHead, order: 'asc' | 'desc'): number {
  const [first, second] = order === 'asc' ? [left, right] : [right, left]
  return (
    first.lastUpdateTime - second.lastUpdateTime || left.sessionId.localeCompare(right.sessionId)
  )
}

/** Answers as ADK's own services do. */
function pageOf(total: number, { limit, offset = 0, page }: ListSessionsRequest): Page {
  if (limit === undefined) {
    const totalPages = total === 0 ? 0 : 1
    const numbers = { page: 1, limit: total, totalItems: total, totalPages }
    return { from: offset, to: total, numbers }
  }
  const from = page === undefined ? offset : (page - 1) * limit
  const counted = limit === 0 ? 1 : Math.floor(from / limit) + 1
  const totalPages = limit === 0 ? 0 : Math.ceil(total / limit)
  const numbers = { page: page ?? counted, limit, totalItems: total, totalPages }
  return { from, to: from + limit, numbers }
}

function checkNumbers({ limit, offset, page, order }: ListSessionsRequest): void {
  checkNumber('limit', limit, 0)
  checkNumber('offset', offset, 0)
  checkNumber('page', page, 1)
  if (order === undefined || order === 'asc' || order === 'desc') return
  throw new HarborageError('invalid_record', `order is neither 'asc' nor 'desc'`)
}

function checkNumber(name: string, value: unknown, least: number): void {
  if (value === undefined) return
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return
  throw new HarborageError('invalid_record', `${name} is no whole number of at least ${least}`)
}
