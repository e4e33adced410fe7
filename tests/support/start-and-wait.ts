// Run by a test, which kills it to see that its server goes with it.
import { startPostgresServer } from './embedded-postgres.ts'

console.log(JSON.stringify(await startPostgresServer()))
setInterval(() => {}, 60_000)
