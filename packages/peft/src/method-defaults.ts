import type { CommonConfig } from './adapter-config.ts';

/** What all methods begin with. */
export function methodDefaults(taskType: string | undefined): CommonConfig {
  return {
    taskType,
    targetModules: [],
    excludeModules: [],
    layersToTransform: [],
    layersPattern: [],
    modulesToSave: [],
    json: {},
  };
}
