import type { Repository } from './repository.ts';

/**
 * Files in memory as a repository: what a browser has of a folder that was dropped, unpacked or downloaded.
 *
 * @param files by name.
 * @param name for messages.
 */
export function memoryRepository(files: ReadonlyMap<string, Uint8Array>, name = 'memory'): Repository {
  return {
    name,
    list: async () => Promise.resolve([...files.keys()].sort()),
    open: async (fileName) => {
      const bytes = files.get(fileName);
      return Promise.resolve(
        bytes && {
          file: `${name}/${fileName}`,
          size: bytes.length,
          read: async (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
          close: async () => Promise.resolve(),
        },
      );
    },
  };
}
