import { escapeName, isDigest, unescapeName } from '@harborage/core/adapter'

/**
 * What is kept of a session, all of it in a Harborage session of the user:
 *
 * | where                                         | holds                            |
 * | --------------------------------------------- | -------------------------------- |
 * | stream `claude.transcript/<project>`           | the entries of the transcript    |
 * | stream `claude.transcript/<project>/<subpath>` | those of a sub-agent             |
 * | slot `claude.summary/<project>`                | the summary of the session       |
 *
 * Both names are escaped, so that they have no `/`. One that is too long is a digest.
 */
const TRANSCRIPT_PREFIX = 'claude.transcript/'
const SUMMARY_PREFIX = 'claude.summary/'

/** From this size on, a project key is replaced by its digest. */
const MAX_PROJECT_BYTES = 400
/** From this size on, a subpath is replaced by its digest. */
const MAX_SUBPATH_BYTES = 600

/** The names in the name of a stream. */
export interface StreamNames {
  /** `undefined` if the stream has only its digest. */
  readonly projectKey: string | undefined
  /** Whether it is the transcript of a sub-agent. */
  readonly isSubpath: boolean
  /** `undefined` if there is none, or the stream has only its digest. */
  readonly subpath: string | undefined
}

/** Returns the stream of a transcript. Without a subpath, it is the main one of a session. */
export function streamOf(projectKey: string, subpath?: string): string {
  if (subpath !== undefined) return subpathPrefix(projectKey) + escapeSubpath(subpath)
  return TRANSCRIPT_PREFIX + escapeProject(projectKey)
}

/** Returns what the streams of all sub-agents of a session begin with. */
export function subpathPrefix(projectKey: string): string {
  return `${TRANSCRIPT_PREFIX}${escapeProject(projectKey)}/`
}

/** Returns the kind of the slot that holds the summary of a session. */
export function summaryKind(projectKey: string): string {
  return SUMMARY_PREFIX + escapeProject(projectKey)
}

/** Returns whether a project key is a digest in the names of streams and slots. */
export function isProjectHashed(projectKey: string): boolean {
  return isDigest(escapeProject(projectKey))
}

/** Returns whether a subpath is a digest in the names of streams. */
export function isSubpathHashed(subpath: string): boolean {
  return isDigest(escapeSubpath(subpath))
}

/** Returns what the name of a stream says, or `undefined` if no transcript has it. */
export function parseStream(stream: string): StreamNames | undefined {
  if (!stream.startsWith(TRANSCRIPT_PREFIX)) return undefined
  const [project = '', subpath, ...others] = stream.slice(TRANSCRIPT_PREFIX.length).split('/')
  if (others.length > 0 || !isEscaped(project, escapeProject)) return undefined
  if (subpath !== undefined && !isEscaped(subpath, escapeSubpath)) return undefined
  return {
    projectKey: unescapeName(project),
    isSubpath: subpath !== undefined,
    subpath: subpath === undefined ? undefined : unescapeName(subpath),
  }
}

/**
 * Returns the project key in the kind of a summary, or `undefined` if no summary has this kind. The
 * key is `undefined` if the kind has only its digest.
 */
export function parseSummaryKind(
  kind: string,
): { readonly projectKey: string | undefined } | undefined {
  const project = kind.slice(SUMMARY_PREFIX.length)
  if (!kind.startsWith(SUMMARY_PREFIX) || !isEscaped(project, escapeProject)) return undefined
  return { projectKey: unescapeName(project) }
}

/** Returns whether a part of a name is as `escape` writes it, of a name that is not empty. */
function isEscaped(part: string, escape: (name: string) => string): boolean {
  const name = unescapeName(part)
  return name === undefined ? isDigest(part) : name !== '' && escape(name) === part
}

function escapeProject(projectKey: string): string {
  return escapeName(projectKey, MAX_PROJECT_BYTES)
}

function escapeSubpath(subpath: string): string {
  return escapeName(subpath, MAX_SUBPATH_BYTES)
}
