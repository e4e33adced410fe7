/** Imports the driver of a DSN, and no other: a process that lives for a moment mostly loads. */
export async function importDriver(dsn: string): Promise<void> {
  if (dsn.startsWith('sqlite:')) await import('@harborage/driver-sqlite')
  else await import('@harborage/driver-postgres')
}
