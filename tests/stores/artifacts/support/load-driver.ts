/**
 * Loads the one driver that a DSN needs: a process that lives for a moment should begin quickly.
 */
export async function loadDriver(dsn: string): Promise<void> {
  if (dsn.startsWith('fs:')) await import('@harborage/driver-fs')
  else if (dsn.startsWith('sqlite:')) await import('@harborage/driver-sqlite')
  else await import('@harborage/driver-postgres')
}
