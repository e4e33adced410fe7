/** Where the processes that get killed put their artifacts. */
export const killedScope = { tenantId: 't', userId: 'u', sessionId: 'killed', taskId: 'k' } as const

/** What such a process says of an artifact whose put has resolved. */
export interface Acknowledged {
  readonly seed: string
  readonly id: string
}
