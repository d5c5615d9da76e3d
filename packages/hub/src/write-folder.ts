import type { FileContent } from './weights.ts';

/**
 * Writes files into a folder so that each is there whole or not at all, whatever happens: to a temporary name, synced, renamed; then the folder is
 * synced. The folder is made if need be; other files in it stay.
 */
export async function writeFolder(folder: string, files: readonly FileContent[]): Promise<void> {
  // Imported here, so that a browser can load this package.
  const fs = await import('node:fs/promises');
  const nodePath = await import('node:path');
  await fs.mkdir(folder, { recursive: true });
  const written: { readonly temporary: string; readonly path: string }[] = [];
  try {
    for (const { name, chunks } of files) {
      const path = nodePath.join(folder, name);
      const temporary = nodePath.join(folder, `.${name}.${process.pid}.tmp`);
      written.push({ temporary, path });
      const file = await fs.open(temporary, 'w');
      try {
        for (const chunk of chunks) await writeAll(file, chunk);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    for (const { temporary, path } of written) await fs.rename(temporary, path);
  } catch (error) {
    for (const { temporary } of written) await fs.rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(fs, folder);
}

/** One write may take less than it is given. */
async function writeAll(file: import('node:fs/promises').FileHandle, bytes: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < bytes.length) {
    const { bytesWritten } = await file.write(bytes, offset, bytes.length - offset);
    offset += bytesWritten;
  }
}

/** Makes the renames durable. Windows has no such call and needs none. */
async function syncFolder(fs: typeof import('node:fs/promises'), folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
