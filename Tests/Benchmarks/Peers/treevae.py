"""A TreeVAE with ten leaves in PyTorch, in the paper's two sizes, and its training loss.

The same networks and terms as Grove's; the timing only asks that the work be the same, so weights are not read from files.
"""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

EPSILON = 1e-7
LEVELS = 7


class Settings:
    def __init__(self, size, channels, latent, feature, side, residual, spectral):
        self.size, self.channels = size, channels
        self.latent, self.feature, self.side = latent, feature, side
        self.residual, self.spectral = residual, spectral


DIGITS = Settings(size=28, channels=1, latent=16, feature=32, side=2, residual=False, spectral=True)
COLOUR = Settings(size=32, channels=3, latent=64, feature=128, side=4, residual=True, spectral=False)


def even_steps(first, last, count):
    return [int(first + (last - first) * i / (count - 1)) for i in range(count)]


def maybe(norm, layer):
    return spectral_norm(layer) if norm else layer


def conv3(inputs, outputs, norm=False):
    return maybe(norm, nn.Conv2d(inputs, outputs, 3, padding=1, bias=False))


def kernels(settings):
    """Kernel and stride of three steps from the image's size to the representation's."""
    sizes = even_steps(settings.size, settings.side, 4)
    for large, small in zip(sizes, sizes[1:]):
        stride = max(large // small, 1)
        yield large - stride * (small - 1) + 2, stride


def grey_encoder(settings):
    widths = even_steps(settings.channels, settings.feature, 4)
    layers = []
    for inputs, outputs, (kernel, stride) in zip(widths, widths[1:], kernels(settings)):
        convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding=1, bias=False)
        layers += [maybe(settings.spectral, convolution), nn.BatchNorm2d(outputs), nn.SiLU()]
    return nn.Sequential(*layers)


def grey_decoder(settings):
    widths = even_steps(settings.latent, settings.channels, 4)
    layers = []
    for inputs, outputs, (kernel, stride) in zip(widths, widths[1:], reversed(list(kernels(settings)))):
        layers += [nn.ConvTranspose2d(inputs, outputs, kernel, stride, padding=1, bias=False),
                   nn.BatchNorm2d(outputs), nn.SiLU()]
    return nn.Sequential(*layers[:-2], nn.Sigmoid())


class Preactivated(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        middle = min(inputs, outputs)
        layers = []
        for a, b in [(inputs, inputs), (inputs, middle), (middle, outputs)]:
            layers += [nn.BatchNorm2d(a), nn.SiLU(), nn.Conv2d(a, b, 3, padding=1)]
        self.change = nn.Sequential(*layers)
        self.shortcut = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1, bias=False)

    def forward(self, x):
        return self.shortcut(x) + 0.1 * self.change(x)


def colour_encoder(settings):
    widths = even_steps(8, settings.feature, 4)
    layers = [nn.Conv2d(settings.channels, 8, 3, padding=1), Preactivated(8, 8)]
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Conv2d(inputs, inputs, 3, 2, 1), Preactivated(inputs, outputs)]
    return nn.Sequential(*layers, nn.BatchNorm2d(settings.feature), nn.SiLU())


def colour_decoder(settings):
    widths = even_steps(settings.latent, 8, 4)
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [Preactivated(inputs, outputs), nn.ConvTranspose2d(outputs, outputs, 4, 2, 1, bias=False)]
    return nn.Sequential(
        *layers, Preactivated(8, 8), nn.BatchNorm2d(8), nn.SiLU(), nn.Conv2d(8, settings.channels, 3, padding=1))


class Block(nn.Module):
    """Three convolutions; with a latent, mean and variance after them."""

    def __init__(self, inputs, outputs, latent=None, residual=False, norm=False):
        super().__init__()
        layers = []
        for a, b, n in [(inputs, inputs, norm), (inputs, inputs, norm), (inputs, outputs, False)]:
            layers += [conv3(a, b, n), nn.BatchNorm2d(b), nn.SiLU()]
        self.layers = nn.Sequential(*layers)
        self.residual = residual and inputs == outputs
        self.head = Head(outputs, latent) if latent else None

    def forward(self, x):
        y = self.layers(x)
        y = y + x if self.residual else y
        return self.head(y) if self.head else y


class Head(nn.Module):
    def __init__(self, inputs, latent, norm=False):
        super().__init__()
        self.mean, self.variance = conv3(inputs, latent, norm), conv3(inputs, latent, norm)

    def forward(self, x):
        return self.mean(x), F.softplus(self.variance(x))


def router(inputs, settings):
    pixels, width = settings.side ** 2, settings.feature
    return nn.Sequential(
        conv3(inputs, 1), nn.Flatten(), nn.Linear(pixels, width, bias=False), nn.BatchNorm1d(width), nn.SiLU(),
        nn.Linear(width, width, bias=False), nn.BatchNorm1d(width), nn.SiLU(), nn.Linear(width, 1), nn.Sigmoid())


def projection(settings):
    return nn.Sequential(
        conv3(settings.feature, 1), nn.Flatten(), nn.Linear(settings.side ** 2, 128, bias=False),
        nn.BatchNorm1d(128), nn.SiLU(), nn.Linear(128, 10))


class Node(nn.Module):
    def __init__(self, settings, index, is_leaf):
        super().__init__()
        self.dense = Head(settings.feature, settings.latent, norm=settings.spectral and index > 2)
        if index > 0:
            self.transformation = Block(settings.latent, settings.feature, settings.latent)
        if is_leaf:
            self.decoder = colour_decoder(settings) if settings.residual else grey_decoder(settings)
        else:
            self.router, self.router_q = router(settings.latent, settings), router(settings.feature, settings)


class TenLeaves(nn.Module):
    """Nodes 0 to 8 are splits; the children of node i are 2 i + 1 and 2 i + 2."""

    SPLITS = 9

    def __init__(self, settings):
        super().__init__()
        self.settings = settings
        self.encoder = colour_encoder(settings) if settings.residual else grey_encoder(settings)
        self.steps = nn.ModuleList(
            Block(settings.feature, settings.feature, residual=settings.residual, norm=settings.spectral)
            for _ in range(LEVELS - 1))
        self.nodes = nn.ModuleList(
            Node(settings, index, is_leaf=index >= self.SPLITS) for index in range(2 * self.SPLITS + 1))
        self.projections = nn.ModuleList(projection(settings) for _ in range(LEVELS if settings.residual else 0))

    def loss(self, x, alpha=0.5):
        features = [self.encoder(x)]
        for step in self.steps:
            features.append(step(features[-1]))
        reach, latents = {0: torch.ones(x.shape[0])}, {}
        divergence, reconstruction, contrast = 0.0, 0.0, 0.0
        for index, node in enumerate(self.nodes):
            feature = features[LEVELS - (index + 1).bit_length()]
            prior = node.transformation(latents[(index - 1) // 2]) if index else None
            latents[index], kl = sample(node.dense(feature), prior)
            divergence = divergence + (reach[index] * kl).clamp(-1, 1000).mean()
            if index >= self.SPLITS:
                reconstruction = reconstruction + (
                    reach[index] * self.distance(x, node.decoder(latents[index]))).mean()
                continue
            p, q = node.router(latents[index])[:, 0], node.router_q(feature)[:, 0]
            left = q * torch.log(EPSILON + q / (p + EPSILON))
            right = (1 - q) * torch.log(EPSILON + (1 - q) / (1 - p + EPSILON))
            divergence = divergence + (reach[index] * (left + right)).mean()
            if self.projections:
                contrast = contrast + view_contrast(torch.stack([q, 1 - q], dim=1), reach[index].detach(), 1.0)
            reach[2 * index + 1], reach[2 * index + 2] = reach[index] * q, reach[index] * (1 - q)
        for project, feature in zip(self.projections, features):
            contrast = contrast + view_contrast(project(feature), torch.ones(x.shape[0]), 0.5) / LEVELS
        return reconstruction + alpha * divergence + 100 * contrast

    def distance(self, x, y):
        if self.settings.residual:
            return ((x - y) ** 2).flatten(1).sum(1)
        return F.binary_cross_entropy(y, x, reduction="none").flatten(1).sum(1)


def sample(likelihood, prior):
    """A draw from the product of likelihood and prior, and its divergence from the prior, of each image."""
    mean, variance = likelihood
    prior_mean, prior_variance = prior if prior else (torch.zeros(()), torch.ones(()))
    if prior:
        a, p = variance + EPSILON, prior_variance + EPSILON
        product = 1 / (1 / a + 1 / p)
        mean, variance = (mean / a + prior_mean / p) * product, product
    z = mean + (variance + EPSILON).sqrt() * torch.randn_like(mean)
    ratio = (variance + EPSILON) / (prior_variance + EPSILON)
    kl = 0.5 * (ratio + (mean - prior_mean) ** 2 / (prior_variance + EPSILON) - 1 - ratio.log())
    return z, kl.flatten(1).sum(1)


def view_contrast(rows, weights, temperature):
    """How well each row finds its other view, half a batch away."""
    count = rows.shape[0]
    unit = F.normalize(rows, dim=1)
    similarity = (unit @ unit.T / temperature).masked_fill(torch.eye(count, dtype=torch.bool), float("-inf"))
    partner = (torch.arange(count) + count // 2) % count
    return (weights / weights.sum() * F.cross_entropy(similarity, partner, reduction="none")).sum()
