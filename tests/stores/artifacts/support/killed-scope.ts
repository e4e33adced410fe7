/** The scope of the artifacts of killed processes. */
export const killedScope = { tenantId: 't', userId: 'u', sessionId: 'killed', taskId: 'k' } as const

/** The line of such a process for an artifact whose put has resolved. */
export interface Acknowledged {
  readonly seed: string
  readonly id: string
}
