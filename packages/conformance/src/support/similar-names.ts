import { randomUUID } from 'node:crypto'
import type { RunIdentity } from '@harborage/core'

/** Returns different names that an inexact comparison confuses with the first one. */
export function similarNames(beginning: string): string[] {
  const name = `${beginning}-Ann\u00e91_`
  return [
    name,
    name.slice(0, -1),
    `${name}2`,
    `2${name}`,
    ` ${name}`,
    `${name} `,
    `${name}\n`,
    `${beginning}-ann\u00e91_`,
    `${beginning}-ANN\u00c91_`,
    `${beginning}-Anne\u03011_`,
    `${beginning}-Anne1_`,
    `${beginning}-Ann\u00e9\uff11_`,
    `${beginning}-Ann\u00e91_\u200b`,
    `${beginning}-Ann\u00e91x`,
    `${beginning}-%`,
  ]
}

/** Returns identities that no other case uses, with similar names in one part. */
export function similarIdentities(part: keyof RunIdentity): Required<RunIdentity>[] {
  const unique = `tenant-${randomUUID()}`
  // A part that is the same in all of them keeps other cases out.
  const userId = part === 'tenantId' ? unique : 'ann'
  const base = { tenantId: unique, userId, sessionId: 'first', runId: 'run' }
  return similarNames(unique).map((name) => ({ ...base, [part]: name }))
}

/** The parts of an identity that a session has. */
export const sessionParts = ['tenantId', 'userId', 'sessionId'] as const

export const identityParts = ['tenantId', 'userId', 'sessionId', 'runId'] as const
