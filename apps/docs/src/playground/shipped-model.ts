const FILES = ['config.json', 'model.safetensors', 'tokenizer.json'];

/** The files of the BERT that comes with the site, by name. */
export async function shippedModel(): Promise<ReadonlyMap<string, Uint8Array>> {
  const folder = `${import.meta.env.BASE_URL}models/bert-tiny/`;
  const files = FILES.map(async (name) => {
    const response = await fetch(folder + name);
    if (!response.ok) throw new Error(`The model could not be loaded: ${name}, status ${response.status}.`);
    return [name, new Uint8Array(await response.arrayBuffer())] as const;
  });
  return new Map(await Promise.all(files));
}
