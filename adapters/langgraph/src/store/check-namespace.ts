import { HarborageError } from '@harborage/core'
import { InvalidNamespaceError, validateNamespace } from '@langchain/langgraph-checkpoint'

/** What of the rules of LangGraph a namespace need not keep to. */
interface Exceptions {
  readonly allowEmpty?: boolean
  readonly allowReservedRoot?: boolean
}

/**
 * Checks a namespace by the rules of LangGraph, and returns a copy.
 *
 * @throws InvalidNamespaceError of LangGraph, with the code `invalid_record`. Its message does not
 * quote the namespace, which may name a person.
 */
export function checkNamespace(given: unknown, exceptions: Exceptions): string[] {
  try {
    const namespace = labelsOf(given)
    validateNamespace(namespace, exceptions)
    return namespace
  } catch {
    throw invalidNamespace()
  }
}

/** Returns an error that is both LangGraph's own, as its users expect it, and one of Harborage. */
function invalidNamespace(): InvalidNamespaceError {
  const message =
    'The namespace is malformed: pass an array of labels that are not empty and hold no period, colon or NUL. The first label of a put is not "langgraph".'
  const {
    name: _name,
    stack: _stack,
    ...ours
  } = Object.getOwnPropertyDescriptors(new HarborageError('invalid_record', message))
  return Object.defineProperties(new InvalidNamespaceError(message), ours)
}

/** Returns the labels of an array up to one that is no text, which throws. */
function labelsOf(given: unknown): string[] {
  if (!Array.isArray(given)) throw new TypeError('not an array')
  const labels: string[] = []
  for (const label of given as readonly unknown[]) {
    if (typeof label !== 'string') throw new TypeError('not a text')
    labels.push(label)
  }
  return labels
}
