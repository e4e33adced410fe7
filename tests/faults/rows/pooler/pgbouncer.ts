import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { freePort } from '@harborage/test-kit/free-port'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { unprivilegedUser } from '@harborage/test-kit/postgres/unprivileged-user'

/** A running PgBouncer. */
export interface Pooler extends AsyncDisposable {
  /** The way to the database through it. */
  readonly dsn: string
}

/** Starts a PgBouncer in transaction mode in front of the database, with a pool of connections. */
export async function startPgBouncer(targetDsn: string, connections: number): Promise<Pooler> {
  const target = new URL(targetDsn)
  const name = target.pathname.slice(1)
  const port = await freePort()
  const user = await unprivilegedUser()
  const folder = await mkdtemp(join(tmpdir(), 'harborage-pgbouncer-'))
  const config = join(folder, 'pgbouncer.ini')
  await writeFile(
    config,
    `[databases]
${name} = host=${target.hostname} port=${target.port} user=${target.username} password=${target.password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${connections}
max_client_conn = 200
server_login_retry = 1
`,
  )
  if (user) {
    await chown(folder, user.uid, user.gid)
    await chown(config, user.uid, user.gid)
  }
  const pooler = spawn('pgbouncer', ['--quiet', config], { ...user, cwd: folder, stdio: 'ignore' })
  const kill = (): boolean => pooler.kill('SIGKILL')
  process.once('exit', kill)
  const dsn = new URL(targetDsn)
  dsn.port = String(port)
  while ((await queryPostgres(dsn.href, 'select 1').catch(() => [])).length === 0) {
    if (pooler.exitCode !== null) throw new Error(`PgBouncer ended with ${pooler.exitCode}`)
    await delay(20)
  }
  return {
    dsn: dsn.href,
    async [Symbol.asyncDispose]() {
      process.off('exit', kill)
      if (kill()) await once(pooler, 'exit')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
