/** Names the entries of libraries and the files that are loaded in their place, as JSON. */
export const LIBRARY_BUNDLES = 'HARBORAGE_TEST_LIBRARIES'

/**
 * The same for the published packages. A process that is to load their sources, because it counts
 * or changes what is in them, is started with this as an empty text.
 */
export const PACKAGE_BUNDLES = 'HARBORAGE_TEST_PACKAGES'
