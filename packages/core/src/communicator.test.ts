import { describe, expect, it } from 'vitest';
import { localCommunicator } from './communicator.ts';

describe('localCommunicator', () => {
  it('is a group of one that changes nothing', async () => {
    const values = Float32Array.of(1, 2);
    await localCommunicator.allReduce([values]);
    await localCommunicator.broadcast([values]);
    await localCommunicator.barrier();
    expect([localCommunicator.rank, localCommunicator.size, [...values]]).toEqual([0, 1, [1, 2]]);
  });
});
