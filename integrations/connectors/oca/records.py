"""The records of a folder of Odoo data files: read safely, put into the order in which they build on one another."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from catalog.errors import Malformed
from integrations.connectors.oca.literals import Literal, Ref, read_literal

MAX_FILES = 500
MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_BYTES = 100 * 1024 * 1024
MAX_RECORDS = 200_000

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
    """One record: what its fields hold, from all files that speak of it, and the file that made it."""

    id: str
    model: str
    file: str
    fields: dict[str, Literal] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> Decimal | None:
        """Return a number, which data files also write as text; None without one. Refuses with Malformed."""
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
    """All records of a folder. `skipped` counts what is in the files and is no plain record."""

    by_id: dict[str, Record]
    files: tuple[str, ...]
    skipped: Counter[str]
    notes: list[str]

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
        """Return the record a field refers to, with or without the module before its id; None if it is elsewhere."""
        if not isinstance(reference, Ref):
            return None
        return self.by_id.get(reference.id) or self.by_id.get(reference.id.rpartition(".")[2])

    def find_all(self, value: Literal) -> list[Record]:
        """Return the records of a to-many field: a list of references, or the commands 4 (add) and 6 (set)."""
        return [record for ref in references(value) if (record := self.find(ref)) is not None]


def references(value: Literal) -> Iterator[Ref]:
    """Return the references in a to-many field. Refuses with Malformed commands that are no plain list."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, tuple):
        if value and isinstance(value[0], Decimal):
            command = value[0]
            if command not in (4, 6):
                raise Malformed(f"a to-many field uses the command {command:f}; only 4 and 6 are read")
            value = value[-1:]
        for each in value:
            yield from references(each)


def read_folder(folder: Path) -> Records:
    """Return the records of all `.xml` files below `folder`.

    Files are read by name; what changes a record comes after what made it, wherever it stands. Refuses with Malformed:
    no such folder, no data files in it, too much of it, broken XML, document types and entities.
    """
    if not folder.is_dir():
        raise Malformed(f"there is no folder {folder}")
    paths = sorted(path for path in folder.rglob("*.xml") if path.is_file())
    if not paths:
        raise Malformed(f"there are no .xml files in {folder}")
    if len(paths) > MAX_FILES or sum(path.stat().st_size for path in paths) > MAX_BYTES:
        raise Malformed(f"more than {MAX_FILES} files or {MAX_BYTES // 1048576} MB are not read at once")
    names = {path: path.relative_to(folder).as_posix() for path in paths}
    return read_files((names[path], _bytes(path)) for path in paths)


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise Malformed(f"{path.name} has more than {MAX_FILE_BYTES // 1048576} MB")
    return path.read_bytes()


def read_files(contents: Iterable[tuple[str, bytes]]) -> Records:
    """Return the records of data files, given as name and content."""
    files: list[str] = []
    skipped: Counter[str] = Counter()
    makers: list[Record] = []
    changes: list[Record] = []
    for name, content in contents:
        root = _root(name, content)
        if root.tag not in ("odoo", "openerp"):
            continue
        files.append(name)
        for record in _records_of(name, root, skipped):
            (makers if _makes(record) else changes).append(record)
            if len(makers) + len(changes) > MAX_RECORDS:
                raise Malformed(f"more than {MAX_RECORDS:,} records are not read at once")
    by_id: dict[str, Record] = {}
    notes: list[str] = []
    for record in makers:
        if record.id in by_id:
            first = by_id[record.id].file
            notes.append(f"{record.id} is made in {first} and again in {record.file}; the later one counts.")
        _take(by_id, record)
    for record in changes:
        _take(by_id, record)
    return Records(by_id, tuple(files), skipped, notes)


def _take(by_id: dict[str, Record], record: Record) -> None:
    known = by_id.get(record.id)
    if known is None:
        by_id[record.id] = record
    elif known.model != record.model:
        raise Malformed(f"{record.file}: {record.id} is a {record.model} here and a {known.model} in {known.file}")
    else:
        known.fields.update(record.fields)


def _makes(record: Record) -> bool:
    return all(name in record.fields for name in _REQUIRED.get(record.model, ()))


def _root(name: str, content: bytes) -> Element:
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise Malformed(f"{name}: document types and entities are not read") from None
    except (ParseError, ValueError, LookupError) as error:
        raise Malformed(f"{name}: this is no well-formed XML: {error}") from None
    return root


def _records_of(file: str, root: Element, skipped: Counter[str]) -> Iterator[Record]:
    for element in root:
        if element.tag == "data":
            yield from _records_of(file, element, skipped)
        elif element.tag == "record" and element.get("model"):
            record_id = (element.get("id") or "").rpartition(".")[2]
            if not record_id:
                skipped["record without id"] += 1
                continue
            model = element.get("model") or ""
            try:
                yield Record(record_id, model, file, dict(_fields(element)))
            except Malformed as refusal:
                raise Malformed(f"{file}: {record_id}: {refusal.sentence}") from None
        elif isinstance(element.tag, str):
            skipped[element.tag] += 1


def _fields(record: Element) -> Iterator[tuple[str, Literal]]:
    for element in record:
        name = element.get("name")
        if element.tag != "field" or not name:
            continue
        if (reference := element.get("ref")) is not None:
            yield name, Ref(reference)
        elif (text := element.get("eval")) is not None:
            yield name, read_literal(text)
        elif (file := element.get("file")) is not None:
            yield name, file
        elif element.get("search") is not None:
            raise Malformed(f"{name} is found by a search in a database, which is not here")
        else:
            yield name, "".join(element.itertext()).strip()
