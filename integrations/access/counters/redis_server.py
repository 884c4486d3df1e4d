"""Counts in Redis, or in what speaks as it does; needs the extra `[redis]`."""

from collections.abc import Mapping, Sequence

import redis
from django.conf import settings

from catalog.limits import Charge

# Each window has a key of its own, which goes a window after it ended.
_COUNT = """
local used = {}
for place = 1, #KEYS do
  local more = ARGV[2 * place - 1]
  used[place] = redis.call('INCRBY', KEYS[place], more)
  if used[place] == tonumber(more) then
    redis.call('EXPIREAT', KEYS[place], ARGV[2 * place])
  end
end
return used
"""


class RedisCounters:
    """Counts in the Redis of `COUNTERS`, in one round trip."""

    away: tuple[type[Exception], ...] = (redis.RedisError,)

    def __init__(self) -> None:
        # Who counts does not wait long for a Redis that is away.
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5
        )
        self._count = client.register_script(_COUNT)

    def add(self, charges: Sequence[Charge]) -> Mapping[str, int]:
        """Return what each comes to."""
        keys = [f"limit:{each.name}:{each.began}" for each in charges]
        values = [value for each in charges for value in (each.more, each.began + 2 * each.window)]
        return dict(
            zip([each.name for each in charges], map(int, self._count(keys, values)), strict=True)
        )
