/**
 * The time after which a call or a process counts as hanging. It is far longer than anything here
 * takes on a slow and busy machine. Tests have no shorter limits, because slowness is not a fault.
 */
export const HANG_LIMIT_MS = 300_000
