import { InvalidNamespaceError, validateNamespace } from '@langchain/langgraph-checkpoint'

/** What of the rules of LangGraph a namespace need not keep to. */
interface Exceptions {
  readonly allowEmpty?: boolean
  readonly allowReservedRoot?: boolean
}

/** The errors of {@link checkNamespace}, among all that reading an argument may throw. */
const refused = new WeakSet<object>()

/**
 * Checks a namespace by the rules of LangGraph, and returns a copy.
 *
 * @throws InvalidNamespaceError of LangGraph. Its message does not quote the namespace, which may
 * name a person.
 */
export function checkNamespace(given: unknown, exceptions: Exceptions): string[] {
  try {
    const namespace = labelsOf(given)
    validateNamespace(namespace, exceptions)
    return namespace
  } catch {
    const error = new InvalidNamespaceError(
      'The namespace is malformed: pass an array of labels that are not empty and hold no period, colon or NUL. The first label of a put is not "langgraph".',
    )
    refused.add(error)
    throw error
  }
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

/** Returns whether an error is that of {@link checkNamespace}. */
export function isInvalidNamespace(error: unknown): boolean {
  return typeof error === 'object' && error !== null && refused.has(error)
}
