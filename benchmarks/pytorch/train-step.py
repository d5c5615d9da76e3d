"""PyTorch's side of `pnpm bench`: nanoGPT's model and training step, eager, float32.

Reads requests as JSON, one a line, from standard input, and answers each with a line of JSON:

    {"request": "open", ...}           builds the model from a safetensors file of initial weights
    {"request": "run", "count": 20}    trains for some steps and returns their times, losses and gradient norms
    {"request": "memory"}              the peak of resident memory, in bytes

It does what nanoGPT does on a CPU: fused projections, `scaled_dot_product_attention`, GELU by tanh, weights tied to the output,
`clip_grad_norm_`, fused AdamW that decays matrices only. See Karpathy's nanoGPT, model.py and train.py.
"""

import json
import math
import resource
import struct
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    """A transformer layer that normalizes before each block."""

    def __init__(self, hidden_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.ln_1 = nn.LayerNorm(hidden_size)
        self.c_attn = nn.Linear(hidden_size, 3 * hidden_size)
        self.attn_proj = nn.Linear(hidden_size, hidden_size)
        self.ln_2 = nn.LayerNorm(hidden_size)
        self.c_fc = nn.Linear(hidden_size, 4 * hidden_size)
        self.mlp_proj = nn.Linear(4 * hidden_size, hidden_size)

    def forward(self, x):
        x = x + self.attention(self.ln_1(x))
        return x + self.mlp_proj(F.gelu(self.c_fc(self.ln_2(x)), approximate="tanh"))

    def attention(self, x):
        batch, length, width = x.shape
        heads = (batch, length, self.num_heads, width // self.num_heads)
        q, k, v = (part.view(heads).transpose(1, 2) for part in self.c_attn(x).split(width, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.attn_proj(y.transpose(1, 2).contiguous().view(batch, length, width))


class Gpt(nn.Module):
    """GPT-2 with a language modeling head tied to the token embedding."""

    def __init__(self, request):
        super().__init__()
        width = request["hiddenSize"]
        self.wte = nn.Embedding(request["vocabSize"], width)
        self.wpe = nn.Embedding(request["maxPositions"], width)
        self.h = nn.ModuleList([Block(width, request["numHeads"]) for _ in range(request["numLayers"])])
        self.ln_f = nn.LayerNorm(width)

    def forward(self, inputs, labels):
        x = self.wte(inputs) + self.wpe(torch.arange(inputs.shape[1]))
        for block in self.h:
            x = block(x)
        logits = F.linear(self.ln_f(x), self.wte.weight)
        return F.cross_entropy(logits.view(-1, logits.size(-1)), labels.view(-1))


# This model's names in Hugging Face's GPT-2.
PUBLISHED_NAMES = {"c_attn": "attn.c_attn", "attn_proj": "attn.c_proj", "c_fc": "mlp.c_fc", "mlp_proj": "mlp.c_proj"}


def load_weights(model, path):
    """Copies a safetensors file into the model, tensor by tensor, so that the file is never in memory as a whole."""
    linear = {name for name, module in model.named_modules() if isinstance(module, nn.Linear)}
    with open(path, "rb") as file, torch.no_grad():
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        for name, parameter in model.named_parameters():
            owner, _, field = name.rpartition(".")
            published = ".".join(PUBLISHED_NAMES.get(part, part) for part in name.split("."))
            entry = header["transformer." + published]
            begin, end = entry["data_offsets"]
            file.seek(8 + length + begin)
            data = torch.frombuffer(bytearray(file.read(end - begin)), dtype=torch.float32).view(entry["shape"])
            # Published matrices are [in, out].
            parameter.copy_(data.t() if owner in linear and field == "weight" else data)


class Training:
    """A model, its optimizer and the batches that it sees in turn."""

    def __init__(self, request):
        torch.set_num_threads(request["numThreads"])
        self.model = Gpt(request)
        load_weights(self.model, request["weights"])
        self.clip_norm = request["clipNorm"]
        rows = torch.tensor(request["batches"])
        self.batches = [(batch[:, :-1].contiguous(), batch[:, 1:].contiguous()) for batch in rows]
        parameters = list(self.model.parameters())
        groups = [
            {"params": [p for p in parameters if p.dim() >= 2], "weight_decay": request["weightDecay"]},
            {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
        ]
        betas = (request["beta1"], request["beta2"])
        self.optimizer = torch.optim.AdamW(groups, lr=request["learningRate"], betas=betas, eps=1e-8, fused=True)
        self.num_steps = 0

    def step(self):
        inputs, labels = self.batches[self.num_steps % len(self.batches)]
        self.num_steps += 1
        loss = self.model(inputs, labels)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.clip_norm)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss.item(), norm.item()

    def run(self, count):
        milliseconds, losses, norms = [], [], []
        cpu = time.process_time()
        for _ in range(count):
            begin = time.perf_counter()
            loss, norm = self.step()
            milliseconds.append((time.perf_counter() - begin) * 1000)
            if not math.isfinite(loss):
                raise ArithmeticError(f"step {self.num_steps}: the loss is {loss}")
            losses.append(loss)
            norms.append(norm)
        cpu = (time.process_time() - cpu) * 1000
        return {"milliseconds": milliseconds, "losses": losses, "gradientNorms": norms, "cpuMilliseconds": cpu}


def peak_memory():
    """In bytes. Linux hands rusage's peak down from the parent process; VmHWM is this process's own."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def main():
    training = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["request"] == "open":
                training = Training(request)
                reply = {}
            elif request["request"] == "run":
                reply = training.run(request["count"])
            elif request["request"] == "memory":
                reply = {"peakBytes": peak_memory()}
            else:
                raise ValueError(f"unknown request {request['request']}")
        except Exception as error:  # The other side reports it.
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
