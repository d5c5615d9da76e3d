import { describe, expect, it } from 'vitest';
import { METHOD_NAMES, methodConfig } from './method-config.ts';

describe('methodConfig', () => {
  it('has settings for each name, for the type of the task', () => {
    const methods = METHOD_NAMES.map((name) => [name, methodConfig(name, 'sequence-classification')?.method]);
    expect(Object.fromEntries(methods)).toMatchInlineSnapshot(`
      {
        "adapter": "bottleneck",
        "bitfit": "bitfit",
        "dora": "lora",
        "full": undefined,
        "head": "head",
        "houlsby": "bottleneck",
        "ia3": "ia3",
        "lora": "lora",
        "p-tuning": "p-tuning",
        "prefix": "prefix",
        "prompt": "prompt",
      }
    `);
    for (const name of METHOD_NAMES.filter((name) => name !== 'full')) {
      expect(methodConfig(name, 'conditional-generation')?.taskType).toBe('SEQ_2_SEQ_LM');
      expect(methodConfig(name, 'masked-language-modeling')?.taskType).toBeUndefined();
    }
  });

  it('tells DoRA from LoRA', () => {
    expect(methodConfig('dora', 'base')).toMatchObject({ method: 'lora', isWeightDecomposed: true });
  });
});
