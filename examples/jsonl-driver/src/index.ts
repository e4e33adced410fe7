import { HarborageError } from '@harborage/core'
import { registerStateDriver } from '@harborage/state'
import { JsonlStateDriver } from './jsonl-state-driver.ts'

registerStateDriver('jsonl', {
  schemes: ['jsonl'],
  open: (dsn, _migrate, options) => JsonlStateDriver.open(pathOf(dsn), options),
})

function pathOf(dsn: string | undefined): string {
  const path = dsn?.replace(/^jsonl:/i, '') ?? ''
  if (path === '' || path.includes('\0')) {
    throw new HarborageError('invalid_config', 'dsn names no file: pass "jsonl:./state.jsonl"')
  }
  return path
}
