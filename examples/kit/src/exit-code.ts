/** The exit codes of the process. */
export const ExitCode = { ok: 0, failed: 1, badInput: 2, interrupted: 130 } as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]
