"""The regions of China as a tree, 全国 → 考区 → 考点 → 报名点, from the GB/T 2260 table and our own additions."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files

import msgspec

NATION = "CN"
_COUNTY_VALUE = re.compile(r"(?:\[(\d*)-(\d*)\])?([^,\[\]]+)")
_SUFFIX = re.compile(
    r"(特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|自治州|自治县|自治旗|林区|特区|新区|地区|省|市|盟|县|区|旗)$"
)


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the tree."""

    id: str
    """CN, or CN- and the GB/T 2260 code without trailing zeros: CN-31, CN-5111, CN-511102."""
    name: str
    short: str
    """The name as people say it: 上海, 乐山, 峨边."""
    parent: str
    is_exam_region: bool = True
    """False where no examination is held: who comes from there sits it elsewhere."""
    called: str = ""
    """Pattern of what it is called by those who are known to be in its parent: 省直."""


class Addition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A region that the table lacks: 新疆兵团, a development zone with a registration point of its own."""

    id: str
    name: str
    short: str
    parent: str
    called: str = ""


class Alias(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name people use for one region, or for several (then it is asked back)."""

    name: str
    regions: tuple[str, ...]


class RegionNames(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content file beside the table: additions, aliases, and words that are not places when they stand alone."""

    peoples: tuple[str, ...]
    """Names of peoples that autonomous regions carry, left out of the short name."""
    addition: tuple[Addition, ...]
    alias: tuple[Alias, ...]
    outside: tuple[str, ...]
    """Regions that hold no examination: their names say who a candidate is, not where the exam is taken."""
    not_alone: tuple[str, ...]
    """Short names that are ordinary words too (平安, 通道): only the full name counts."""


class Gazetteer:
    """Finds regions by id and by every name they go by."""

    def __init__(self, regions: Iterable[Region], old_names: Iterable[tuple[str, str]], names: RegionNames) -> None:
        """Take the tree, (old name, region id) pairs, and the content file's names."""
        self._by_id = {region.id: region for region in regions}
        self._lineages: dict[str, tuple[str, ...]] = {}
        self._called: dict[str, list[tuple[re.Pattern[str], str]]] = defaultdict(list)
        for region in self._by_id.values():
            if region.called:
                self._called[region.parent].append((re.compile(region.called), region.id))
        found: dict[str, list[str]] = defaultdict(list)
        for region in self._by_id.values():
            for name in (
                {region.name, region.short} if region.id != NATION and not region.id.startswith(names.outside) else ()
            ):
                found[name].append(region.id)
        for name, region_id in old_names:
            if name not in found:
                found[name] += found.get(_SUFFIX.sub("", name)) or [region_id]
        for word in names.not_alone:
            found[word] = [each for each in found[word] if len(each) < len("CN-511102")]
        self.names: dict[str, tuple[str, ...]] = {
            name: tuple(self._without_parts(ids)) for name, ids in found.items() if ids
        } | {alias.name: alias.regions for alias in names.alias}
        """Every name → the regions that it may mean, one for most."""

    def _without_parts(self, ids: list[str]) -> list[str]:
        """北京 means the city, not its parts of like name."""
        return [each for each in ids if not any(self.contains(other, each) and other != each for other in ids)]

    def prominent(self, ids: tuple[str, ...], name: str) -> tuple[str, ...]:
        """Which of several regions a name means where nothing else tells: 吉林 the province, 朝阳 the city of that name."""
        provinces = tuple(each for each in ids if each in self._by_id and self._by_id[each].parent == NATION)
        cities = tuple(each for each in ids if len(each) == len("CN-5111"))
        exact = tuple(each for each in ids if each in self._by_id and self._by_id[each].name == name)
        return provinces or (cities if len(cities) == 1 and not exact else exact or ids)

    def called_in(self, parent: str, text: str) -> tuple[str, ...]:
        """The regions in `parent` that a text names as those do who are known to be there: 省直."""
        return tuple(each for called, each in self._called.get(parent, ()) if called.search(text))

    def __getitem__(self, region_id: str) -> Region:
        """The region of that id; KeyError if there is none."""
        return self._by_id[region_id]

    def __contains__(self, region_id: str) -> bool:
        """Whether there is such a region."""
        return region_id in self._by_id

    def __iter__(self) -> Iterator[Region]:
        """All regions, the nation first."""
        return iter(self._by_id.values())

    def lineage(self, region_id: str) -> tuple[str, ...]:
        """The region and its ancestors, nearest first, the nation last."""
        known = self._lineages.get(region_id)
        if known is None:
            parent = self._by_id[region_id].parent
            known = self._lineages[region_id] = (region_id, *self.lineage(parent)) if parent else (region_id,)
        return known

    def contains(self, outer: str, inner: str) -> bool:
        """Whether one region is another or lies within it."""
        return outer in self.lineage(inner)

    def province(self, region_id: str) -> str:
        """The 考区 of a region; the nation for itself."""
        lineage = self.lineage(region_id)
        return lineage[-2] if len(lineage) > 1 else NATION

    def lookup(self, text: str) -> tuple[str, ...]:
        """The regions that a name, a chain of names (四川乐山) or an id may mean; empty if none."""
        text = text.strip()
        if text in self._by_id:
            return (text,)
        found = self._chain(text)
        return self.prominent(found, text) if len(found) > 1 and NATION not in found else found

    def _chain(self, text: str) -> tuple[str, ...]:
        if text in self.names:
            return self.names[text]
        for cut in range(len(text) - 1, 1, -1):
            outer = self.names.get(text[:cut])
            inner = (
                [each for each in self._chain(text[cut:]) if any(self.contains(o, each) for o in outer)]
                if outer
                else ()
            )
            if inner:
                return tuple(inner)
        return ()


def full_name(gazetteer: Gazetteer, region_id: str) -> str:
    """How a region is shown: 上海, 四川乐山, 四川乐山峨眉山."""
    lineage = [gazetteer[each] for each in reversed(gazetteer.lineage(region_id)) if each != NATION]
    text = ""
    for region in lineage:
        text = region.short if text and region.short.startswith(text) else text + region.short
    return text or gazetteer[NATION].short


def load_table(names: RegionNames, nation: str) -> Gazetteer:
    """The gazetteer from python-stdnum's GB/T 2260 table; `nation` is the name of the root."""
    table = (files("stdnum") / "cn" / "loc.dat").read_text("utf-8")
    regions = [Region(id=NATION, name=nation, short=nation, parent="")]
    current: dict[str, str] = {}
    old: list[tuple[str, str]] = []
    province = ""
    for line in table.splitlines():
        key, _, value = line.strip().partition(" ")
        value = value.partition('"')[2].rstrip('"').translate({ord("別"): "别", ord("區"): "区", ord("門"): "门"})
        if not key.isdigit():
            continue
        if not line.startswith(" "):
            province = key
            current[key] = value
            continue
        for _, until, name in _COUNTY_VALUE.findall(value):
            code = province + key
            if not until and not name.startswith(("市辖区", "自治区直辖", "省直辖")) and name != "县" and key != "0000":
                current[code.removesuffix("00")] = name
            elif until and len(name) > 2 and name != "市辖区":
                old.append((name, code))
    peoples = re.compile("(?:" + "|".join(sorted(names.peoples, key=len, reverse=True)) + ")+")
    for code, name in current.items():
        city = code[:4] if len(code) == 6 and code[:4] in current else code[:2]
        parent = NATION if len(code) == 2 else f"CN-{city}"
        regions.append(
            Region(
                id=f"CN-{code}",
                name=name,
                short=_short(name, peoples),
                parent=parent,
                is_exam_region=f"CN-{code}" not in names.outside,
            )
        )
    regions += [Region(**msgspec.structs.asdict(a)) for a in names.addition]
    olds = [(name, f"CN-{_last_known(code, current)}") for name, code in old]
    return Gazetteer(regions, olds, names)


def _last_known(code: str, current: Mapping[str, str]) -> str:
    """What an old name's code stands for today: a city's still that city, a county's only its province for sure."""
    return code[:4] if code.endswith("00") and code[:4] in current else code[:2]


def _short(name: str, peoples: re.Pattern[str]) -> str:
    bare = _SUFFIX.sub("", name)
    if name.endswith(("自治区", "自治州", "自治县", "自治旗")):
        plain = peoples.sub("", bare)
        bare = plain if len(plain) > 1 else bare
    return bare if len(bare) > 1 else name
