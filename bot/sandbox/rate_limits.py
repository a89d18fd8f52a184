"""Rate limits as Slack sets them: by tier and method, and for messages by channel.

Source: https://docs.slack.dev/apis/web-api/rate-limits
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.methods.registry import Tier


@dataclass
class _Bucket:
    level: float
    at: float


class RateLimits:
    """Token buckets, one per method, and for `chat.postMessage` one per channel.

    Args:
        clock: Where time comes from.
        enabled: Off, every call passes.
        posts_per_second: Messages a second to one channel.
        post_burst: How many messages a channel takes at once.
    """

    def __init__(
        self, clock: Callable[[], float], *, enabled: bool = True, posts_per_second: float = 1.0, post_burst: int = 3
    ) -> None:
        self.enabled = enabled
        self.posts_per_second = posts_per_second
        self.post_burst = post_burst
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def wait(self, method: str, tier: Tier, channel: str) -> int:
        """0 if the call may pass; else the whole seconds of its Retry-After."""
        if not self.enabled or tier is Tier.FREE:
            return 0
        if tier is Tier.POST:
            return self._take(f"{method}:{channel}", self.posts_per_second, self.post_burst)
        return self._take(method, tier.value / 60, max(tier.value, 5))

    def _take(self, key: str, per_second: float, burst: float) -> int:
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(burst, now))
        bucket.level = min(burst, bucket.level + max(0.0, now - bucket.at) * per_second)
        bucket.at = now
        if bucket.level >= 1:
            bucket.level -= 1
            return 0
        return max(1, math.ceil((1 - bucket.level) / per_second))
