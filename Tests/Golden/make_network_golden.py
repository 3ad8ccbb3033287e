"""Makes Tests/Golden/network.safetensors: what PyTorch computes for the layers, losses and optimiser of NeuralNetwork.

    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install torch numpy safetensors
    /tmp/golden/bin/python Tests/Golden/make_network_golden.py

Volumes are written channels last (N, D, H, W, C), as NeuralNetwork keeps them; everything else as PyTorch has it. All is
computed in float64 and rounded once to float32, so that the only error the tests see is that of NeuralNetwork; the ten
steps of the optimiser are in float32 throughout, as training is. Run again with the same PyTorch, the script gives the same
numbers; only the order of the metadata in the file's header varies.
"""

import os

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(20)
torch.set_num_threads(1)
kept = {}


def keep(name, tensor):
    tensor = tensor.detach().double()
    if tensor.dim() == 5 and not name.endswith("weight") and not name.endswith("weight.gradient"):
        tensor = tensor.permute(0, 2, 3, 4, 1)
    kept[name] = tensor.float().contiguous()


def draw(*shape):
    # Rounded to float32 first: the test starts from the same numbers.
    return torch.randn(*shape).double().requires_grad_()


def layer(name, function, x, **parameters):
    """One layer: input, parameters, output, a drawn gradient of the output, and every gradient that follows from it."""
    y = function(x, **parameters)
    slope = torch.randn(*y.shape).double()
    y.backward(slope)
    keep(f"{name}/input", x)
    keep(f"{name}/output", y)
    keep(f"{name}/slope", slope)
    if x.grad is not None:
        keep(f"{name}/input.gradient", x.grad)
    for key, value in parameters.items():
        keep(f"{name}/{key}", value)
        keep(f"{name}/{key}.gradient", value.grad)


def conv(stride, padding):
    return lambda x, weight, bias: F.conv3d(x, weight, bias, stride=stride, padding=padding)


layer("conv3", conv(1, 1), draw(2, 5, 4, 5, 6), weight=draw(16, 5, 3, 3, 3), bias=draw(16))
layer("conv1", conv(1, 1), draw(2, 1, 5, 6, 7), weight=draw(8, 1, 3, 3, 3), bias=draw(8))
layer("convStrided", conv(2, 1), draw(2, 8, 8, 7, 6), weight=draw(16, 8, 3, 3, 3), bias=draw(16))
layer("convPoint", conv((2, 2, 2), 0), draw(2, 16, 4, 4, 5), weight=draw(32, 16, 1, 1, 1), bias=draw(32))
layer("convFlat", conv((1, 2, 1), (0, 1, 2)), draw(2, 4, 3, 6, 7), weight=draw(6, 4, 1, 3, 5), bias=draw(6))
layer("groupNorm", lambda x, weight, bias: F.group_norm(x, 4, weight, bias, 1e-5), draw(3, 16, 4, 5, 3), weight=draw(16), bias=draw(16))
layer("relu", F.relu, draw(2, 3, 4, 5, 6))
layer("silu", F.silu, draw(2, 3, 4, 5, 6))
layer("maxPool", lambda x: F.max_pool3d(x, 2), draw(2, 3, 5, 4, 7))
layer("meanPool", lambda x: F.avg_pool3d(x, (1, 2, 3)), draw(2, 3, 3, 5, 7))
layer("globalPool", lambda x: x.mean(dim=(2, 3, 4)), draw(2, 6, 3, 4, 5))
layer("upsample", lambda x: F.interpolate(x, scale_factor=2, mode="nearest"), draw(2, 3, 2, 3, 4))
layer("dense", F.linear, draw(5, 7), weight=draw(4, 7), bias=draw(4))

# Losses. Weights of zero mask answers; the target of a masked answer is nonsense on purpose.
x, t, w = draw(4, 3), torch.rand(4, 3).double(), torch.rand(4, 3).double()
w[1, 2] = 0
loss = F.binary_cross_entropy_with_logits(x, t.float().double(), weight=w.float().double(), reduction="sum") / 2.5
loss.backward()
for key, value in {"logits": x, "targets": t, "weights": w, "loss": loss.reshape(1), "gradient": x.grad}.items():
    keep(f"binary/{key}", value)

x = draw(6, 5)
classes = torch.tensor([0, 4, -1, 2, 1, 3])
class_weights = torch.tensor([1.0, 2.0, 0.5, 1.5, 1.0]).double()
loss = F.cross_entropy(x, classes, weight=class_weights, ignore_index=-1)
loss.backward()
for key, value in {"logits": x, "classes": classes, "weights": class_weights, "loss": loss.reshape(1), "gradient": x.grad}.items():
    keep(f"categorical/{key}", value)

# Two levels: five classes, gathered as {0, 1}, {2}, {3, 4}. One row is known only at the coarse level.
x = draw(6, 5)
groups = torch.tensor([0, 0, 1, 2, 2])
gather = F.one_hot(groups).double()
fine, coarse = torch.tensor([0, 4, -1, 2, 1, 3]), torch.tensor([0, 2, 2, 1, 0, 2])
rows = torch.tensor([1.0, 0.5, 2.0, 1.0, 0.25, 1.0]).double()
p = F.softmax(x, dim=1)
loss = torch.zeros(()).double()
for row in range(6):
    if fine[row] >= 0:
        loss = loss - 0.5 * rows[row] * torch.log(p[row, fine[row]])
    loss = loss - 0.25 * rows[row] * torch.log((p[row] @ gather)[coarse[row]])
loss = loss / 3
loss.backward()
for key, value in {"logits": x, "fine": fine, "coarse": coarse, "rows": rows, "loss": loss.reshape(1), "gradient": x.grad}.items():
    keep(f"hierarchy/{key}", value)


# Ten steps of AdamW on a small network with every kind of joint: two branches, residual block, embedding, dense heads.
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = torch.nn.Conv3d(2, 8, 3, padding=1)
        self.norm = torch.nn.GroupNorm(4, 8)
        self.block = torch.nn.Conv3d(8, 16, 3, stride=2, padding=1)
        self.short = torch.nn.Conv3d(8, 16, 1, stride=2)
        self.code = torch.nn.Embedding(3, 4)
        self.hidden = torch.nn.Linear(16 + 4 + 3, 12)
        self.suspicion = torch.nn.Linear(12, 1)
        self.location = torch.nn.Linear(12, 5)

    def forward(self, volume, code, position):
        a = F.silu(self.norm(self.stem(volume)))
        b = F.relu(self.block(a) + self.short(a)).mean(dim=(2, 3, 4))
        h = F.relu(self.hidden(torch.cat([b, self.code(code), position], dim=1)))
        return self.suspicion(h), self.location(h)


net = Net()
volume, code, position = torch.randn(6, 2, 8, 7, 6), torch.tensor([0, 1, 2, 1, 0, 2]), torch.randn(6, 3)
suspicious = torch.tensor([1.0, 0, 0, 1, 0, 1]).reshape(6, 1)
location = torch.tensor([0, 4, -1, 2, 1, 3])
for key, value in {"volume": volume, "code": code.reshape(6, 1), "position": position, "suspicious": suspicious, "location": location}.items():
    keep(f"steps/{key}", value)
for name, value in net.named_parameters():
    kept[f"steps/start/{name}"] = value.detach().clone()
groups = [
    {"params": [p for p in net.parameters() if p.dim() > 1], "weight_decay": 0.05},
    {"params": [p for p in net.parameters() if p.dim() == 1], "weight_decay": 0.0},
]
optimiser = torch.optim.AdamW(groups, lr=0.003)
losses = []
for step in range(10):
    optimiser.zero_grad()
    first, second = net(volume, code, position)
    loss = F.binary_cross_entropy_with_logits(first, suspicious) + F.cross_entropy(second, location, ignore_index=-1)
    loss.backward()
    if step == 0:
        for name, value in net.named_parameters():
            kept[f"steps/gradient/{name}"] = value.grad.clone()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimiser.step()
    losses.append(loss.detach())
keep("steps/losses", torch.stack(losses))
for name, value in net.named_parameters():
    kept[f"steps/end/{name}"] = value.detach().clone()

folder = os.path.dirname(os.path.abspath(__file__))
provenance = {"made_by": "Tests/Golden/make_network_golden.py", "torch": torch.__version__.split("+")[0], "seed": "20"}
save_file(kept, os.path.join(folder, "network.safetensors"), metadata=provenance)
