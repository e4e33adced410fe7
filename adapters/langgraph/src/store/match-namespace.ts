import type { MatchCondition } from '@langchain/langgraph-checkpoint'

/** Returns whether a namespace meets a condition. The label `'*'` of a condition stands for any. */
export function matches(
  { matchType, path }: MatchCondition,
  namespace: readonly string[],
): boolean {
  const offset = matchType === 'prefix' ? 0 : namespace.length - path.length
  if (path.length > namespace.length) return false
  return path.every((label, index) => label === '*' || label === namespace[offset + index])
}

/**
 * Returns the labels that all namespaces begin with that meet the conditions: those of the longest
 * prefix before its first `'*'`.
 */
export function commonLabels(conditions: readonly MatchCondition[]): readonly string[] {
  let longest: readonly string[] = []
  for (const { matchType, path } of conditions) {
    if (matchType !== 'prefix') continue
    const any = path.indexOf('*')
    const labels = any === -1 ? path : path.slice(0, any)
    if (labels.length > longest.length) longest = labels
  }
  return longest
}

/** Returns whether a namespace is one, or below one, that has these labels. */
export function isBelow(labels: readonly string[], namespace: readonly string[]): boolean {
  return labels.length <= namespace.length && labels.every((label, at) => label === namespace[at])
}
