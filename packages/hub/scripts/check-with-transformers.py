"""Loads model folders in Hugging Face transformers and compares what they compute with what Cloze computed. Optional.

    CLOZE_PYTHON=python npx vitest run with-transformers    # writes a folder for each task of each family and calls this script
    python check-with-transformers.py FOLDER...

Each folder is what `savePretrained` wrote, and `io.safetensors`: `input.*`, and the `output.*` to compare. Prints the largest difference of each, exits
with 1 where one is above 1e-4, a tensor is missing, or one is left over.
"""

import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file

TOLERANCE = 1e-4


def tensors_below(prefix, tensors):
    return {name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def problems_of(folder):
    config = transformers.AutoConfig.from_pretrained(folder)
    architecture = getattr(transformers, config.architectures[0])
    model, loading = architecture.from_pretrained(folder, output_loading_info=True)
    problems = [f"{kind} {sorted(names)}" for kind, names in loading.items() if names]
    tensors = load_file(folder / "io.safetensors")
    inputs = {name: tensor.long() for name, tensor in tensors_below("input.", tensors).items()}
    with torch.no_grad():
        outputs = model.eval()(**inputs)
    for name, expected in tensors_below("output.", tensors).items():
        difference = (outputs[name] - expected).abs().max().item()
        print(f"{architecture.__name__:36} {name:26} {difference:.1e}")
        if not difference <= TOLERANCE:
            problems.append(f"{name} differs by {difference:.1e}")
    return problems


def main(folders):
    transformers.logging.set_verbosity_error()
    found = {folder: problems_of(Path(folder)) for folder in folders}
    for folder, problems in found.items():
        for problem in problems:
            print(f"{folder}: {problem}", file=sys.stderr)
    sys.exit(1 if any(found.values()) else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
