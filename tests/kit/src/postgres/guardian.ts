/**
 * A process that outlives the test run for a moment. When the run ends, even by Ctrl-C or kill -9,
 * the pipe on standard input closes; then it stops the server and removes its folder.
 */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { finished } from 'node:stream/promises'

import type { GuardedServer } from './start-server.ts'

const [description = '{}'] = process.argv.slice(2)
const server = JSON.parse(description) as GuardedServer

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

await finished(process.stdin.resume(), { writable: false }).catch(() => {})

spawnSync(server.pgCtl, ['stop', '-D', server.dataDirectory, '-m', 'immediate'], { ...server.user })
rmSync(server.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
