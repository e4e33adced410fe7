import { keyOfNames } from '../../histories/named-state.ts'
import type { SequentialModel } from '../../histories/serial-order.ts'
import type { ArtifactCall, CallArtifact } from './artifact-call.ts'

/** What artifacts were first put with, and whether they have expired, by their names. */
export type ArtifactModelState = ReadonlyMap<
  string,
  { readonly session: string; readonly filename: string; readonly isExpired: boolean }
>

/**
 * Returns a model of the artifact store for calls that are made one after the other.
 *
 * @param contents Every content that the calls name.
 */
export function artifactModel(
  contents: readonly string[],
): SequentialModel<ArtifactModelState, ArtifactCall> {
  return {
    empty: new Map(),
    step,
    keyOf: keyOfNames,
    touches: (call) =>
      call.do === 'deleteSession'
        ? contents.map((content) => nameOf({ session: call.session, content }))
        : [nameOf(call)],
    isRead: (call) => call.do === 'getRef',
  }
}

function step(
  state: ArtifactModelState,
  call: ArtifactCall,
): { answer: string; state: ArtifactModelState } {
  if (call.do === 'deleteSession') {
    const left = new Map([...state].filter(([, { session }]) => session !== call.session))
    const count = state.size - left.size
    return { answer: String(count), state: count === 0 ? state : left }
  }
  const held = state.get(nameOf(call))
  switch (call.do) {
    case 'put': {
      const { session, isExpired = false } = call
      const filename = held?.isExpired === false ? held.filename : call.filename
      const stored = { session, filename, isExpired }
      return { answer: filename, state: new Map(state).set(nameOf(call), stored) }
    }
    case 'getRef':
      return { answer: held?.isExpired === false ? held.filename : 'nothing', state }
    case 'delete': {
      if (held === undefined) return { answer: 'false', state }
      const left = new Map(state)
      left.delete(nameOf(call))
      return { answer: 'true', state: left }
    }
  }
}

function nameOf({ session, content }: CallArtifact): string {
  return `artifact ${session}/${content}`
}
