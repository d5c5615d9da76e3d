/** A SHA-256 in the making. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** In hexadecimal; the end. */
  hex(): string;
}

/** Node's own, or one in JavaScript where there is no Node: browsers have none that takes its input piece by piece. */
export async function createSha256(): Promise<Sha256> {
  if (isNode()) {
    const crypto = await import('node:crypto');
    const hash = crypto.createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
  }
  const [{ sha256 }, { bytesToHex }] = await Promise.all([
    import('@noble/hashes/sha2.js'),
    import('@noble/hashes/utils.js'),
  ]);
  const hash = sha256.create();
  return { update: (bytes) => void hash.update(bytes), hex: () => bytesToHex(hash.digest()) };
}

function isNode(): boolean {
  return 'process' in globalThis && 'node' in process.versions;
}
