import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  isHarborageError,
  tenantOwner,
  userOwner,
  type Owner,
  type Subtree,
} from '@harborage/core'
import { checkName } from '@harborage/core/kit'
import { wrongUsage } from '../command-failure.ts'
import type { OptionSpec } from '../command.ts'
import type { Options } from './options.ts'

/** The options that say whose data a command is about. */
export const identityOptions: readonly OptionSpec[] = [
  {
    name: 'tenant',
    short: 't',
    value: 'ID',
    says: 'The tenant. Of each of these, env:NAME stands for the variable NAME, so that no ID is in the list of processes.',
  },
  { name: 'user', short: 'u', value: 'ID', says: 'The user of the tenant.' },
  { name: 'session', short: 's', value: 'ID', says: 'The session of the user.' },
  { name: 'run', short: 'r', value: 'ID', says: 'The run of the session.' },
]

/** Whose data a command is about: a tenant, a user, a session or a run. */
export interface Selection {
  readonly tenantId: string
  /** `''` if it is the tenant. */
  readonly userId: string
  /** `''` if it is the tenant or a user. */
  readonly sessionId: string
  /** `''` unless it is a run. */
  readonly runId: string
}

/**
 * Returns the selection of the options, or `undefined` if none of them was given.
 *
 * @throws CommandFailure if a narrower one lacks a wider one, as a session without its user, or one
 * is malformed.
 */
export function selectionOf(options: Options): Selection | undefined {
  const given = identityOptions.map(({ name }) => ({ name, value: nameOf(options, name) }))
  for (const [index, { name, value }] of given.entries()) {
    const wider = given[index - 1]
    if (value === undefined || wider === undefined || wider.value !== undefined) continue
    throw wrongUsage(`--${name} needs --${wider.name}: the same name may exist in several`)
  }
  const [tenantId, userId = '', sessionId = '', runId = ''] = given.map(({ value }) => value)
  return tenantId === undefined ? undefined : { tenantId, userId, sessionId, runId }
}

/**
 * Returns the tenant of the options.
 *
 * @throws CommandFailure if it was not given, or is malformed.
 */
export function requireTenant(options: Options): string {
  const tenantId = nameOf(options, 'tenant')
  if (tenantId !== undefined) return tenantId
  throw wrongUsage('it is not said for which tenant: pass --tenant with its name')
}

/** Returns the value of an option that names a part of an identity. */
function nameOf(options: Options, option: string): string | undefined {
  const value = options.privateText(option)
  try {
    return value === undefined ? undefined : checkName(`--${option}`, value, 'invalid_identity')
  } catch (error) {
    throw isHarborageError(error) ? wrongUsage(error.message) : error
  }
}

/** Returns the selection of the options. */
export function requireSelection(options: Options): Selection {
  const selection = selectionOf(options)
  if (selection !== undefined) return selection
  throw wrongUsage(
    'it is not said whose: pass --tenant, and --user, --session and --run to narrow it',
  )
}

/** Returns the owner of what belongs to a selection itself, and to nothing below it. */
export function ownerOf({ tenantId, userId, sessionId, runId }: Selection): Owner {
  if (userId === '') return tenantOwner({ tenantId })
  if (sessionId === '') return userOwner({ tenantId, userId })
  return { tenantId, userId, sessionId, runId }
}

/** Returns all of a selection, with what is below it. */
export function subtreeOf({ tenantId, userId, sessionId, runId }: Selection): Subtree {
  if (userId === '') return allOfTenant({ tenantId })
  if (sessionId === '') return allOfUser({ tenantId, userId })
  if (runId === '') return allOfSession({ tenantId, userId, sessionId })
  return allOfRun({ tenantId, userId, sessionId, runId })
}

/** Returns a selection in words, such as `tenant acme, user ann`. It is not safe to print. */
export function selectionText({ tenantId, userId, sessionId, runId }: Selection): string {
  const parts = [
    `tenant ${tenantId}`,
    userId !== '' && `user ${userId}`,
    sessionId !== '' && `session ${sessionId}`,
    runId !== '' && `run ${runId}`,
  ]
  return parts.filter((part) => part !== false).join(', ')
}
