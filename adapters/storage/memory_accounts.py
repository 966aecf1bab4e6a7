"""Bindings and the audit log in memory: for the terminal and for tests."""

from bot.binding import Audited, Binding


class MemoryAccounts:
    """Fulfils bot.ports.AccountStore."""

    def __init__(self) -> None:
        """Start empty."""
        self._bindings: dict[tuple[str, str], Binding] = {}
        self._rows: list[Audited] = []
        self._check: bytes | None = None

    async def key_check(self, fresh: bytes | None) -> bytes | None:
        """What was sealed with the first key; without one `fresh` is kept."""
        if self._check is None:
            self._check = fresh
        return self._check

    async def binding(self, channel: str, user: str) -> Binding | None:
        """The binding of a user, or None."""
        return self._bindings.get((channel, user))

    async def bound(self, *, mark: str = "", channel: str = "") -> tuple[Binding, ...]:
        """All bindings of that candidate or channel, oldest first."""
        found = [
            each
            for each in self._bindings.values()
            if (not mark or each.mark == mark) and (not channel or each.channel == channel)
        ]
        return tuple(sorted(found, key=lambda each: (each.at, each.channel, each.user)))

    async def bind(self, binding: Binding, rows: tuple[Audited, ...]) -> bool:
        """Bind; other users of the channel lose that candidate. False where the user has another one."""
        key = binding.channel, binding.user
        if key in self._bindings and self._bindings[key].mark != binding.mark:
            return False
        for other in await self.bound(mark=binding.mark, channel=binding.channel):
            del self._bindings[other.channel, other.user]
        self._bindings[key] = binding
        self._rows.extend(rows)
        return True

    async def unbind(self, channel: str, user: str, row: Audited) -> bool:
        """Delete a binding; False, and no log line, where there is none."""
        if self._bindings.pop((channel, user), None) is None:
            return False
        self._rows.append(row)
        return True

    async def note(self, row: Audited) -> None:
        """Add a line to the audit log."""
        self._rows.append(row)

    async def audited(self) -> tuple[Audited, ...]:
        """The audit log, oldest first."""
        return tuple(self._rows)
