import type { BrokenBuild } from '../harness/fault-row.ts'

export const brokenBuilds: readonly BrokenBuild[] = []
