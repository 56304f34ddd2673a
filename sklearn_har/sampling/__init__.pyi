from ._window_sampler import WindowSampler

__all__ = ["WindowSampler"]
