// Run by a test, which kills it to see that its server goes with it.
import { startPostgresServer } from '@harborage/test-kit/postgres/start-server'

console.log(JSON.stringify(await startPostgresServer()))
setInterval(() => {}, 60_000)
