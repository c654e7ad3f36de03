"""The diffusion model's U-Net in PyTorch, under the authors' parameter names, so that their weights load into it."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class Settings:
    """What the network is built from; `attention` lists factors of downsampling, not pixels."""

    def __init__(self, channels, size, width, multipliers=(1, 2, 2, 2), blocks=2, attention=(), heads=8, signal=1,
                 sees_reconstruction=True, sees_leaf=True):
        self.channels, self.size, self.width = channels, size, width
        self.multipliers, self.blocks, self.attention, self.heads = multipliers, blocks, attention, heads
        self.signal, self.sees_reconstruction, self.sees_leaf = signal, sees_reconstruction, sees_leaf

    @classmethod
    def of_file(cls, config):
        """From the settings in a fixture's metadata."""
        return cls(config["in_channels"], config["image_size"], config["model_channels"], config["channel_mult"],
                   config["num_res_blocks"], config["attention_downsample"], config["num_heads"], config["z_dim"],
                   config["conditional_on_low_res"], config["use_z"])

    @property
    def margin(self):
        """Zeros on each side that make the size a power of two."""
        return ((1 << (self.size - 1).bit_length()) - self.size) // 2


def group_norm(channels):
    return nn.GroupNorm(32, channels)


class ResidualBlock(nn.Module):
    def __init__(self, inputs, outputs, embedding, scales):
        super().__init__()
        self.scales = scales
        self.in_layers = nn.Sequential(group_norm(inputs), nn.SiLU(), nn.Conv2d(inputs, outputs, 3, padding=1))
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(embedding, 2 * outputs if scales else outputs))
        self.out_layers = nn.Sequential(
            group_norm(outputs), nn.SiLU(), nn.Dropout(0.0), nn.Conv2d(outputs, outputs, 3, padding=1))
        same = inputs == outputs
        self.skip_connection = nn.Identity() if same else nn.Conv2d(inputs, outputs, 1)

    def forward(self, x, embedding):
        h = self.in_layers(x)
        signal = self.emb_layers(embedding)[:, :, None, None]
        norm, rest = self.out_layers[0], self.out_layers[1:]
        if self.scales:
            scale, shift = signal.chunk(2, dim=1)
            h = rest(norm(h) * (1 + scale) + shift)
        else:
            h = rest(norm(h + signal))
        return self.skip_connection(x) + h


class AttentionBlock(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.heads = heads
        self.norm = group_norm(channels)
        self.qkv = nn.Conv1d(channels, 3 * channels, 1)
        self.proj_out = nn.Conv1d(channels, channels, 1)

    def forward(self, x, embedding):
        pixels = x.flatten(2)
        q, k, v = self.qkv(self.norm(pixels)).reshape(x.shape[0] * self.heads, -1, pixels.shape[2]).chunk(3, dim=1)
        weights = torch.softmax(q.transpose(1, 2) @ k / math.sqrt(q.shape[1]), dim=-1)
        mixed = (v @ weights.transpose(1, 2)).reshape(pixels.shape)
        return (pixels + self.proj_out(mixed)).reshape(x.shape)


class Plain(nn.Module):
    """A layer that does not look at the embedding."""

    def forward(self, x, embedding):
        return self.apply_layer(x)


class Downsample(Plain):
    def __init__(self, channels):
        super().__init__()
        self.op = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def apply_layer(self, x):
        return self.op(x)


class Upsample(Plain):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def apply_layer(self, x):
        return self.conv(F.interpolate(x, scale_factor=2, mode="nearest"))


class FirstConvolution(nn.Conv2d):
    def forward(self, x, embedding):
        return super().forward(x)


class Stage(nn.ModuleList):
    def forward(self, x, embedding):
        for layer in self:
            x = layer(x, embedding)
        return x


class UNet(nn.Module):
    def __init__(self, settings):
        super().__init__()
        self.settings = settings
        embedding = 4 * settings.width
        self.time_embed = nn.Sequential(
            nn.Linear(settings.width, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        if settings.sees_leaf:
            self.proj = nn.Sequential(
                nn.Linear(settings.signal, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self._build(settings, embedding)

    def _build(self, settings, embedding):
        width = settings.width

        def block(inputs, outputs, factor):
            layers = [ResidualBlock(inputs, outputs, embedding, settings.sees_leaf)]
            if factor in settings.attention:
                layers.append(AttentionBlock(outputs, settings.heads))
            return layers

        inputs = settings.channels * (2 if settings.sees_reconstruction else 1)
        down = [Stage([FirstConvolution(inputs, width, 3, padding=1)])]
        skips, channels, factor = [width], width, 1
        for level, multiplier in enumerate(settings.multipliers):
            if level > 0:
                down.append(Stage([Downsample(channels)]))
                skips.append(channels)
                factor *= 2
            for _ in range(settings.blocks):
                down.append(Stage(block(channels, multiplier * width, factor)))
                channels = multiplier * width
                skips.append(channels)
        self.input_blocks = nn.ModuleList(down)

        self.middle_block = Stage([
            ResidualBlock(channels, channels, embedding, settings.sees_leaf),
            AttentionBlock(channels, settings.heads),
            ResidualBlock(channels, channels, embedding, settings.sees_leaf),
        ])

        up = []
        for level in reversed(range(len(settings.multipliers))):
            for index in range(settings.blocks + 1):
                outputs = settings.multipliers[level] * width
                layers = block(channels + skips.pop(), outputs, factor)
                channels = outputs
                if level > 0 and index == settings.blocks:
                    layers.append(Upsample(channels))
                    factor //= 2
                up.append(Stage(layers))
        self.output_blocks = nn.ModuleList(up)
        self.out = nn.Sequential(group_norm(channels), nn.SiLU(), nn.Conv2d(channels, settings.channels, 3, padding=1))

    def embed(self, t, signal):
        half = self.settings.width // 2
        rates = torch.exp(-math.log(10000) * torch.arange(half) / half)
        angles = t[:, None].float() * rates
        embedding = self.time_embed(torch.cat([angles.cos(), angles.sin()], dim=1))
        return embedding + self.proj(signal) if self.settings.sees_leaf else embedding

    def forward(self, x, t, signal=None, reconstruction=None):
        margin, size = self.settings.margin, self.settings.size
        embedding = self.embed(t, signal)
        h = x if reconstruction is None else torch.cat([x, reconstruction], dim=1)
        h = F.pad(h, [margin] * 4)
        skips = []
        for stage in self.input_blocks:
            h = stage(h, embedding)
            skips.append(h)
        h = self.middle_block(h, embedding)
        for stage in self.output_blocks:
            h = stage(torch.cat([h, skips.pop()], dim=1), embedding)
        return self.out(h)[:, :, margin:margin + size, margin:margin + size]
