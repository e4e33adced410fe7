/** The process that is killed. Started by the example with a DSN. */
import { askPacker } from './packer.ts'
import { openServices } from './stores.ts'

const [, , dsn = ''] = process.argv
await using services = await openServices(dsn)
await askPacker(services, 'Pack order 4711.')
