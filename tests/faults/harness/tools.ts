import { spawnSync } from 'node:child_process'

import type { Tool } from './fault-row.ts'

const checks: Readonly<
  Record<Tool, { readonly command: readonly string[]; readonly how: string }>
> = {
  strace: {
    command: ['strace', '-f', '-o', '/dev/null', 'true'],
    how: 'install strace and allow it to trace (apt-get install strace)',
  },
  pgbouncer: {
    command: ['pgbouncer', '--version'],
    how: 'install PgBouncer (apt-get install pgbouncer)',
  },
  tmpfs: {
    command: ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs -o size=1m tmpfs /mnt'],
    how: 'run as root, or where a user may mount a tmpfs in a namespace of its own',
  },
}

/**
 * Returns what has to be done so that the machine has the tools, one sentence for each that it
 * lacks.
 */
export function missingTools(tools: Iterable<Tool>): readonly string[] {
  return [...new Set(tools)].filter((tool) => !has(tool)).map((tool) => checks[tool].how)
}

function has(tool: Tool): boolean {
  const [program = '', ...args] = checks[tool].command
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}
