import type { SessionKey } from '@anthropic-ai/claude-agent-sdk'
import { HarborageError, type Identity, type UserOwner } from '@harborage/core'
import {
  checkSessionId,
  describeArgument,
  readArguments,
  sessionOf,
  withoutInherited,
} from '@harborage/core/adapter'
import type { HiddenNames } from './entry-payload.ts'
import { isProjectHashed, isSubpathHashed, streamOf } from './transcript-names.ts'

/** A transcript of a user, as a key of the SDK names it. */
export interface Transcript {
  readonly projectKey: string
  readonly sessionId: string
  /** `undefined` if it is the main transcript of the session. */
  readonly subpath: string | undefined
  /** The session that holds it. */
  readonly session: Identity
  /** The stream of its entries. */
  readonly stream: string
  /** The parts of the key that the session and the stream have only a digest of. */
  readonly hidden: HiddenNames
}

/**
 * Returns the transcript of a user that a key names. What else the key says, such as a user, is not
 * read.
 *
 * @throws `identity_required` or `invalid_identity` for the id of the session; `invalid_record` for
 * the rest of the key.
 */
export function transcriptOf(owner: UserOwner, given: SessionKey): Transcript {
  const { projectKey, sessionId, subpath } = readArguments(() => checkKey(given))
  const session = sessionOf(owner, sessionId)
  const hidden = {
    ...(isProjectHashed(projectKey) ? { projectKey } : {}),
    ...(session.sessionId === sessionId ? {} : { sessionId }),
    ...(subpath !== undefined && isSubpathHashed(subpath) ? { subpath } : {}),
  }
  const stream = streamOf(projectKey, subpath)
  return { projectKey, sessionId, subpath, session, stream, hidden }
}

/**
 * Checks the key of a project.
 *
 * @throws `invalid_record` if it is no text, or empty.
 */
export function checkProjectKey(projectKey: unknown): string {
  return checkText('projectKey', projectKey, 'pass the text that sessions were stored under')
}

function checkKey(given: SessionKey): Pick<Transcript, 'projectKey' | 'sessionId' | 'subpath'> {
  const isObject: boolean = typeof given === 'object' && given !== null
  if (!isObject) {
    throw new HarborageError(
      'invalid_record',
      `the key is ${describeArgument(given)}: pass { projectKey, sessionId, subpath? }`,
    )
  }
  const { projectKey, sessionId, subpath } = withoutInherited(given)
  const main = { projectKey: checkProjectKey(projectKey), sessionId: checkSessionId(sessionId) }
  if (subpath === undefined) return { ...main, subpath }
  const advice = 'leave it out for the main transcript, or pass that of a sub-agent'
  return { ...main, subpath: checkText('subpath', subpath, advice) }
}

function checkText(field: string, value: unknown, advice: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new HarborageError('invalid_record', `${field} is ${describeArgument(value)}: ${advice}`)
}
