// Started by a test: opens a database with a faked version of Node.js.
import { isHarborageError } from '@harborage/core'
import { openSqlite } from '@harborage/driver-sqlite'

const [, , node = ''] = process.argv
Object.defineProperty(process, 'versions', { value: { ...process.versions, node } })
try {
  await (await openSqlite({ dsn: ':memory:' })).close()
  console.log(JSON.stringify({}))
} catch (error) {
  if (!isHarborageError(error)) throw error
  const { code, message } = error
  console.log(JSON.stringify({ code, message }))
}
