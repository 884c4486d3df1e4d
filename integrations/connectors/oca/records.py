"""The records of a folder of Odoo data files: read safely, put into the order in which they build
on one another.

The folder may be that of one module or of many: a record is known by its module and id,
`module.id`. Of kinds that are not read only their number is kept, and what they refer to; what they
say is not looked at.
"""

import binascii
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from catalog.errors import Malformed
from integrations.connectors.oca.kinds import ALIASES, READ, RENAMED, is_picture
from integrations.connectors.oca.literals import Attached, Literal, Ref, read_literal

MAX_FILES = 5_000
MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_BYTES = 100 * 1024 * 1024
MAX_RECORDS = 200_000
_MANIFESTS = ("__manifest__.py", "__openerp__.py")
_PROLOG = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>", re.DOTALL)
_REFERENCES = re.compile(r"""ref\(\s*['"]([\w.]+)['"]""")

# A record without these fields can only change one that another file made.
_REQUIRED = {
    "product.attribute": ("name",),
    "product.attribute.value": ("name", "attribute_id"),
    "product.template": ("name",),
    "product.product": ("name",),
    "product.template.attribute.line": ("product_tmpl_id", "attribute_id"),
    "product.config.domain": ("name",),
    "product.config.domain.line": ("domain_id", "attribute_id"),
    "product.config.line": ("product_tmpl_id", "attribute_line_id"),
    "product.pricelist": ("name",),
    "product.pricelist.item": ("pricelist_id",),
}


@dataclass
class Record:
    """One record: what its fields hold, from all files that speak of it, and the file that made it.

    `id` is `module.id`, or the id alone where the files do not say of which module they are. `odd`
    names the fields that hold something that is not read.
    """

    id: str
    model: str
    file: str
    fields: dict[str, Literal] = field(default_factory=dict)
    odd: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The id within its module."""
        return self.id.rpartition(".")[2]

    def text(self, name: str) -> str:
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> Decimal | None:
        """Return a number, which data files also write as text; None without one. Refuses with
        Malformed.
        """
        value = self.fields.get(name)
        if isinstance(value, bool) or value is None or value == "":
            return None
        if isinstance(value, str):
            try:
                number = Decimal(value)
            except InvalidOperation:
                number = Decimal("NaN")
            value = number if number.is_finite() and len(value) <= 30 else value
        if not isinstance(value, Decimal):
            raise Malformed(f"{self.file}: {name} of {self.id} is no number")
        return value

    def truth(self, name: str, default: bool = False) -> bool:
        value = self.fields.get(name, default)
        if isinstance(value, str):
            return value.strip().lower() in ("true", "1")
        return bool(value)


@dataclass
class Records:
    """All records of a folder that are of a kind that is read.

    `skipped` counts what is in the files and is no plain record, `left` the records of other kinds;
    `carriers` tells which records those refer to. `folders` are the folders of the modules, that of
    files of no module by "".
    """

    by_id: dict[str, Record]
    files: tuple[str, ...]
    skipped: Counter[str]
    notes: list[str]
    left: Counter[str] = field(default_factory=Counter)
    carriers: dict[str, set[str]] = field(default_factory=dict)
    folders: Mapping[str, Path] = field(default_factory=dict)

    def of(self, model: str) -> Sequence[Record]:
        """Return the records of a model, in the order of the files."""
        return self._by_model.get(model, ())

    @cached_property
    def _by_model(self) -> Mapping[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for record in self.by_id.values():
            found.setdefault(record.model, []).append(record)
        return found

    @cached_property
    def place_of(self) -> Mapping[str, int]:
        """Which record each id is, counted in the order of the files."""
        return {record_id: place for place, record_id in enumerate(self.by_id)}

    def find(self, reference: Literal) -> Record | None:
        """Return the record a field refers to; None if it is elsewhere."""
        if not isinstance(reference, Ref):
            return None
        module, _, name = reference.id.rpartition(".")
        return self.by_id.get(reference.id) or (
            None if module in self.folders else self.by_id.get(name)
        )

    def content(self, attached: Literal) -> bytes | None:
        """Return what a field holds as a file; None where that file is not there."""
        if not isinstance(attached, Attached):
            return None
        if not attached.path:
            try:
                return b64decode("".join(attached.data.split()), validate=True) or None
            except (binascii.Error, ValueError):
                return None
        module, _, rest = attached.path.partition("/")
        own = self.folders.get("")
        places = [(self.folders[module], rest)] if module in self.folders else []
        places += [(own, rest), (own, attached.path)] if own is not None else []
        for folder, name in places:
            path = (folder / name).resolve()
            if (
                path.is_relative_to(folder.resolve())
                and path.is_file()
                and path.stat().st_size <= MAX_FILE_BYTES
            ):
                return path.read_bytes()
        return None

    def find_all(self, value: Literal) -> list[Record]:
        """Return the records of a to-many field: a list of references, or the commands 4 (add) and
        6 (set).
        """
        return [record for ref in references(value) if (record := self.find(ref)) is not None]


def references(value: Literal) -> Iterator[Ref]:
    """Return the references in a to-many field. Refuses with Malformed commands that are no plain
    list.
    """
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, tuple):
        if value and isinstance(value[0], Decimal):
            command = value[0]
            if command not in (4, 6):
                raise Malformed(
                    f"a to-many field uses the command {command:f}; only 4 and 6 are read"
                )
            value = value[-1:]
        for each in value:
            yield from references(each)


def read_folder(folder: Path) -> Records:
    """Return the records of all `.xml` files below `folder`.

    Files are read by name; what changes a record comes after what made it, wherever it stands.
    Refuses with Malformed: no such folder, no data files in it, too much of it; of data files
    broken XML, document types and entities.
    """
    if not folder.is_dir():
        raise Malformed(f"there is no folder {folder}")
    paths = sorted(path for path in folder.rglob("*.xml") if path.is_file())
    if not paths:
        raise Malformed(f"there are no .xml files in {folder}")
    if len(paths) > MAX_FILES or sum(path.stat().st_size for path in paths) > MAX_BYTES:
        raise Malformed(
            f"more than {MAX_FILES:,} files or {MAX_BYTES // 1048576} MB are not read at once"
        )
    names = {path: path.relative_to(folder).as_posix() for path in paths}
    modules: dict[Path, Path | None] = {}
    of_file = {names[path]: _module_above(path.parent, modules) for path in paths}
    folders = {"": folder, **{place.name: place for place in of_file.values() if place is not None}}
    found = read_files(
        ((names[path], _bytes(path)) for path in paths),
        {name: place.name for name, place in of_file.items() if place is not None},
    )
    found.folders = folders
    tables = Counter(path.stem for path in sorted(folder.rglob("*.csv")) if path.stem in READ)
    found.left.update({f"{model} in a CSV file": count for model, count in tables.items()})
    return found


def _module_above(folder: Path, known: dict[Path, Path | None]) -> Path | None:
    """Return the folder of the module that `folder` belongs to: the nearest one with a manifest."""
    if folder not in known:
        if any((folder / name).is_file() for name in _MANIFESTS):
            known[folder] = folder
        else:
            known[folder] = None if folder.parent == folder else _module_above(folder.parent, known)
    return known[folder]


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise Malformed(f"{path.name} has more than {MAX_FILE_BYTES // 1048576} MB")
    return path.read_bytes()


def read_files(
    contents: Iterable[tuple[str, bytes]], modules: Mapping[str, str] | None = None
) -> Records:
    """Return the records of data files, given as name and content; `modules` tells of which module
    a file is.
    """
    of_file = modules or {}
    found = Records({}, (), Counter(), [])
    files: list[str] = []
    makers: list[Record] = []
    changes: list[Record] = []
    for name, content in contents:
        root = _root(name, content)
        if root is None:
            found.skipped["file that is no data"] += 1
            continue
        if root.tag not in ("odoo", "openerp"):
            continue
        files.append(name)
        for record in _File(
            name, of_file.get(name, ""), frozenset(of_file.values()), found
        ).records(root):
            (makers if _makes(record) else changes).append(record)
            if len(makers) + len(changes) > MAX_RECORDS:
                raise Malformed(f"more than {MAX_RECORDS:,} records are not read at once")
    for record in makers:
        if record.id in found.by_id:
            first = found.by_id[record.id].file
            found.notes.append(
                f"{record.id} is made in {first} and again in {record.file}; the later one counts."
            )
        _take(found.by_id, record)
    for record in changes:
        _take(found.by_id, record)
    found.files = tuple(files)
    return found


def _take(by_id: dict[str, Record], record: Record) -> None:
    known = by_id.get(record.id)
    if known is None:
        by_id[record.id] = record
    elif known.model != record.model:
        raise Malformed(
            f"{record.file}: {record.id} is a {record.model} here and a {known.model} in {known.file}"
        )
    else:
        known.fields.update(record.fields)
        known.odd |= record.odd


def _makes(record: Record) -> bool:
    return all(name in record.fields for name in _REQUIRED.get(record.model, ()))


def _root(name: str, content: bytes) -> Element | None:
    """Return the root of a file, None of one that is no data; refuses with Malformed data that
    cannot be read.
    """
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        if not _is_data(content):
            return None
        raise Malformed(f"{name}: document types and entities are not read") from None
    except (ParseError, ValueError, LookupError) as error:
        if not _is_data(content):
            return None
        raise Malformed(f"{name}: this is no well-formed XML: {error}") from None
    return root


def _is_data(content: bytes) -> bool:
    """Tell whether the first element is that of a data file, or cannot be seen."""
    rest = content.removeprefix(b"\xef\xbb\xbf")
    while (before := _PROLOG.match(rest)) is not None:
        rest = rest[before.end() :]
    return not rest.startswith(b"<") or re.match(rb"<(odoo|openerp)\b", rest) is not None


class _File:
    """One data file: its records, and in `found` what it has beside them."""

    def __init__(self, name: str, module: str, modules: Collection[str], found: Records) -> None:
        self.name = name
        self.module = module
        self.modules = modules
        self.found = found

    def records(self, root: Element) -> Iterator[Record]:
        for element in root:
            if element.tag == "data":
                yield from self.records(element)
            elif element.tag == "record" and element.get("model"):
                model = element.get("model") or ""
                kind = ALIASES.get(model, model)
                if kind not in READ:
                    self.found.left[model] += 1
                    self.found.carriers.setdefault(model, set()).update(self._referred(element))
                elif not element.get("id"):
                    self.found.skipped[f"record of {model} without id"] += 1
                else:
                    yield self._record(element, kind, model)
            elif isinstance(element.tag, str):
                self.found.skipped[element.tag] += 1

    def _identity(self, written: str) -> str:
        """Return the id of a record with its module, as far as that is known."""
        module, _, name = written.rpartition(".")
        if module:
            return written if module in self.modules else name
        return f"{self.module}.{name}" if self.module else name

    def _referred(self, element: Element) -> Iterator[str]:
        for each in element.iter():
            written = [*_REFERENCES.findall(each.get("eval") or ""), each.get("ref")]
            yield from (self._identity(reference) for reference in written if reference)

    def _record(self, element: Element, kind: str, model: str) -> Record:
        record = Record(self._identity(element.get("id") or ""), kind, self.name)
        for each in element:
            name = each.get("name")
            if each.tag != "field" or not name:
                continue
            own = RENAMED.get((model, name), name)
            try:
                record.fields[own] = self._value(each, own)
            except Malformed as refusal:
                if own in READ[kind]:
                    raise Malformed(f"{self.name}: {record.id}: {refusal.sentence}") from None
                # What is not carried over need not be understood.
                record.fields[own] = None
                record.odd.add(own)
        return record

    def _value(self, element: Element, name: str) -> Literal:
        if (reference := element.get("ref")) is not None:
            return Ref(self._identity(reference))
        if (text := element.get("eval")) is not None:
            return self._identified(read_literal(text))
        if (file := element.get("file")) is not None:
            return Attached(path=file)
        if element.get("search") is not None:
            raise Malformed(f"{name} is found by a search in a database, which is not here")
        held = "".join(element.itertext()).strip()
        return Attached(data=held) if is_picture(name) and held else held

    def _identified(self, literal: Literal) -> Literal:
        if isinstance(literal, Ref):
            return Ref(self._identity(literal.id))
        if isinstance(literal, tuple):
            return tuple(self._identified(each) for each in literal)
        return literal
