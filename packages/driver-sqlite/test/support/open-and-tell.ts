// Started by a test: opens a database and prints the outcome.
import { isHarborageError } from '@harborage/core'
import { diagnose, openSqlite } from '@harborage/driver-sqlite'

const [, , dsn = ''] = process.argv
const findings = (await diagnose({ dsn })).map(({ name }) => name)
try {
  await (await openSqlite({ dsn })).close()
  console.log(JSON.stringify({ findings }))
} catch (error) {
  if (!isHarborageError(error)) throw error
  const { code, message } = error
  console.log(JSON.stringify({ code, message, findings }))
}
