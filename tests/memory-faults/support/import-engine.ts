/** Loads the one engine that a DSN names: a process that is often started has no time for both. */
export async function importEngine(dsn: string): Promise<void> {
  if (dsn.startsWith('sqlite:')) await import('@harborage/driver-sqlite')
  else await import('@harborage/driver-postgres')
}
