/**
 * After so long a call or a process is taken to hang. It is far above what anything here takes on a machine that is
 * slow and busy: a test that needs less is never given a limit of its own, because slowness is no fault.
 */
export const HANG_LIMIT_MS = 300_000
