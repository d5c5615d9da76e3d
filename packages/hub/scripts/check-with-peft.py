"""Loads models and adapters in Hugging Face PEFT and compares what they compute with what Cloze computed. Optional.

    CLOZE_PYTHON=python npx vitest run with-peft    # writes a folder for each method on each family and calls this script
    python check-with-peft.py FOLDER...

Each folder holds `base/`, what `savePretrained` wrote, `adapter/`, an adapter, and `io.safetensors`: `input.*`, and the `output.*` to compare. Prints the
largest difference of each, exits with 1 where one is above 1e-4, or where PEFT finds too few or too many tensors.
"""

import sys
import warnings
from pathlib import Path

import torch
import transformers
from peft import PeftConfig, PeftModel
from safetensors.torch import load_file

TOLERANCE = 1e-4


def tensors_below(prefix, tensors):
    return {name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def load(folder):
    config = transformers.AutoConfig.from_pretrained(folder / "base")
    architecture = getattr(transformers, config.architectures[0])
    if not hasattr(architecture, "_prepare_encoder_decoder_kwargs_for_generation"):
        # PEFT asks for it; transformers 5 has it no more.
        architecture._prepare_encoder_decoder_kwargs_for_generation = None
    model = PeftModel.from_pretrained(architecture.from_pretrained(folder / "base"), folder / "adapter")
    return model.eval()


def problems_of(folder):
    tensors = load_file(folder / "io.safetensors")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = load(folder)
    problems = [str(warning.message) for warning in caught if "keys" in str(warning.message)]
    inputs = {name: tensor.long() for name, tensor in tensors_below("input.", tensors).items()}
    with torch.no_grad():
        outputs = model(**inputs)
    kind = PeftConfig.from_pretrained(folder / "adapter").peft_type.value
    for name, expected in tensors_below("output.", tensors).items():
        if outputs[name].shape != expected.shape:
            problems.append(f"{name} must be {list(outputs[name].shape)}, got {list(expected.shape)}")
            continue
        difference = (outputs[name] - expected).abs().max().item()
        print(f"{type(model.get_base_model()).__name__:32} {folder.name:44} {kind:14} {name:14} {difference:.1e}")
        if not difference <= TOLERANCE:
            problems.append(f"{name} differs by {difference:.1e}")
    return problems


def main(folders):
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    found = {folder: problems_of(Path(folder)) for folder in folders}
    for folder, problems in found.items():
        for problem in problems:
            print(f"{folder}: {problem}", file=sys.stderr)
    sys.exit(1 if any(found.values()) else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
