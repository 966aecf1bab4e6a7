"""People of the console: signing in, accounts, the audit log. Passwords and secrets are in no value that is kept or logged."""

import datetime as dt
import hashlib
import re
import secrets
import unicodedata

import msgspec

from bot.desk.lockout import Lockout
from bot.desk.passwords import LONGEST, Passwords, fault, made
from bot.ports import Clock
from bot.staff.accounts import Account, Entered, Refusal, RefusedError
from bot.staff.people import Done, Person, Role
from bot.staff.stores import LastAdminError, StaffStore
from bot.views import Reader

LASTS = dt.timedelta(hours=12)  # a session, however much it is used
IDLE = dt.timedelta(hours=2)  # after which a session that is not used is over
NAME = re.compile(r"[^\W_][\w.\-]{0,31}")
LONGEST_TYPED = 32  # characters of a name at a failed sign-in that the log keeps: some type the password there
FIRST_NAME = "admin"
SYSTEM = "system"


class People:
    """Fulfils bot.staff.accounts.Staff."""

    def __init__(
        self,
        *,
        store: StaffStore,
        lockout: Lockout,
        reader: Reader,
        clock: Clock,
        passwords: Passwords | None = None,
    ) -> None:
        """`clock` is the machine's: sessions and the log cannot wait for a fixed one. `reader` knows the regions."""
        self._store, self._lockout, self._reader, self._clock = store, lockout, reader, clock
        self._passwords = passwords or Passwords()

    async def sign_in(self, name: str, password: str, address: str) -> Entered:
        """Open a session. Failures lock the name and the address for a while, whether there is such a name or not."""
        name = _plain(name)
        by_name = await self._lockout.subject(_by_name(name), address)
        by_address = f"address:{address}"
        seconds = await self._lockout.begin((by_name, by_address))
        if seconds:
            if await self._lockout.is_news(by_address, seconds):  # one line a lock: the log can never be shortened
                await self._note(name[:LONGEST_TYPED], "sign_in_locked", detail=address)
            return Entered(seconds=seconds)
        found = await self._store.person(name) if NAME.fullmatch(name) else None
        fits = await self._passwords.fits(found[1] if found else None, password)
        if found is None or not fits or not found[0].is_active:
            await self._note(name[:LONGEST_TYPED], "sign_in_failed", detail=address)
            return Entered()
        person = found[0]
        await self._lockout.forget(by_name)
        await self._lockout.know(_by_name(person.name), address)
        await self._lockout.take_back((by_address,))
        return await self._open(person, "signed_in", address)

    async def session(self, secret: str) -> Person | None:
        """Whose session a cookie's secret is."""
        return await self._store.session(_mark(secret), self._clock(), IDLE)

    async def sign_out(self, secret: str) -> None:
        """End a session."""
        person = await self.session(secret)
        done = self._line(person.name, "signed_out") if person else None
        await self._store.close_session(_mark(secret), done)

    async def people(self) -> tuple[Person, ...]:
        """All accounts, by name."""
        return await self._store.people()

    async def add(self, account: Account, by: str) -> str:
        """Make an account; its first password. Raises RefusedError."""
        name = _plain(account.name)
        if not NAME.fullmatch(name) or name.casefold() == SYSTEM:
            raise RefusedError(Refusal.BAD_NAME)
        person = Person(
            name=name,
            role=account.role,
            regions=self._regions(account),
            is_active=account.is_active,
            made=self._clock(),
            must_change=True,
        )
        password = made()
        done = self._line(by, "person_added", name, _detail(person))
        if not await self._store.add(person, await self._passwords.hash(password), done):
            raise RefusedError(Refusal.NAME_USED, name)
        return password

    async def first(self) -> tuple[str, str] | None:
        """The first admin's name and password where there was none; of two processes that start at once one makes it."""
        if any(each.role is Role.ADMIN for each in await self._store.people()):
            return None
        try:
            return FIRST_NAME, await self.add(Account(name=FIRST_NAME, role=Role.ADMIN), SYSTEM)
        except RefusedError:  # the other process was faster
            return None

    async def change(self, account: Account, by: str) -> Person:
        """Change role, regions or state. Raises RefusedError."""
        was = await self._known(account.name)
        person = msgspec.structs.replace(
            was, role=account.role, regions=self._regions(account), is_active=account.is_active
        )
        if person == was:
            return person
        detail = f"{_detail(was)} → {_detail(person)}"
        try:
            await self._store.change(person, None, self._line(by, "person_changed", person.name, detail))
        except LastAdminError as error:
            raise RefusedError(Refusal.LAST_ADMIN) from error
        return person

    async def give_password(self, name: str, by: str) -> str:
        """A new password for somebody, who has to change it; he is locked no more. Raises RefusedError."""
        person = msgspec.structs.replace(await self._known(name), must_change=True)
        password = made()
        done = self._line(by, "password_given", person.name)
        await self._store.change(person, await self._passwords.hash(password), done)
        await self._lockout.forget(_by_name(person.name))
        return password

    async def change_password(self, name: str, old: str, new: str) -> Entered:
        """Change one's own: every session of it ends, and a new one begins. Raises RefusedError."""
        seconds = await self._lockout.begin((_by_name(name),))
        if seconds:
            raise RefusedError(Refusal.LOCKED, str(seconds))
        found = await self._store.person(name)
        if found is None or not await self._passwords.fits(found[1], old):
            await self._note(name, "sign_in_failed", name)
            raise RefusedError(Refusal.WRONG_PASSWORD)
        await self._lockout.take_back((_by_name(name),))
        why = Refusal.SAME_PASSWORD if new == old else fault(name, new)
        if why is not None:
            raise RefusedError(why, str(LONGEST))
        person = msgspec.structs.replace(found[0], must_change=False)
        done = self._line(name, "password_changed", name)
        await self._store.change(person, await self._passwords.hash(new), done)
        return await self._open(person, "signed_in", "")

    async def region_names(self, regions: tuple[str, ...]) -> tuple[str, ...]:
        """Regions' ids as people read them."""
        found = [self._reader.region(each) for each in regions]
        return tuple(view.path if view else each for each, view in zip(regions, found, strict=True))

    async def note(self, who: str, deed: str, object: str = "", detail: str = "") -> None:  # noqa: A002  # Done's field
        """Add a line to the audit log."""
        await self._note(who, deed, object, detail)

    async def done(self, *, before: int = 0, limit: int = 100, about: str = "") -> tuple[tuple[int, Done], ...]:
        """Lines of the audit log with their numbers, the newest first."""
        return await self._store.done(before=before, limit=limit, about=about)

    async def _open(self, person: Person, deed: str, address: str) -> Entered:
        secret, now = secrets.token_urlsafe(32), self._clock()
        done = self._line(person.name, deed, detail=address)
        await self._store.open_session(_mark(secret), person.name, now + LASTS, done)
        return Entered(person=person, secret=secret)

    async def _known(self, name: str) -> Person:
        found = await self._store.person(_plain(name))
        if found is None:
            raise RefusedError(Refusal.NO_SUCH_PERSON)
        return found[0]

    def _regions(self, account: Account) -> tuple[str, ...]:
        """Ids of the regions that an editor is given, as typed by name or id; others have all. Raises RefusedError."""
        ids = []
        for each in account.regions if account.role is Role.EDITOR else ():
            found = self._reader.region(each)
            if found is None:
                raise RefusedError(Refusal.UNKNOWN_REGION, each)
            ids.append(found.id)
        return tuple(dict.fromkeys(ids))

    def _line(self, who: str, deed: str, what: str = "", detail: str = "") -> Done:
        return Done(at=self._clock(), who=who, deed=deed, object=what, detail=detail)

    async def _note(self, who: str, deed: str, what: str = "", detail: str = "") -> None:
        await self._store.note(self._line(who, deed, what, detail))


def _plain(name: str) -> str:
    """A name as it is compared: full-width letters are the same as others."""
    return unicodedata.normalize("NFKC", name).strip()


def _by_name(name: str) -> str:
    """What failures of a name are counted under; the store takes upper and lower case for the same too."""
    return f"name:{name.casefold()}"


def _mark(secret: str) -> str:
    """What is kept of a session's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _detail(person: Person) -> str:
    """An account in the log."""
    return " ".join((person.role.value, ",".join(person.regions) or "*", "active" if person.is_active else "closed"))
