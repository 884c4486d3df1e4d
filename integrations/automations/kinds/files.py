"""The step that puts a file into a storage: the event, the parts list, or the picture of a
configuration.
"""

import csv
import re
from collections.abc import Mapping
from io import StringIO
from typing import Annotated, Any, Literal

import orjson
from pydantic import AfterValidator, Field

from catalog.errors import Malformed, NotFound
from catalog.models import Merchant
from configurator.answering import follow
from configurator.stored import choices_of, configuration_of, offer_of
from integrations.automations.actions import Action, Done, Preview, Settings, StepFailed, Work
from integrations.automations.design_mail import picture_of
from integrations.automations.marks import facts_of, filled, refuse_marks
from integrations.automations.models import Storage
from integrations.automations.names import marks_for
from integrations.automations.storages import MOST_PART, MOST_PARTS, put_file
from integrations.automations.storing import storage_called
from integrations.webhooks.catalogue import KINDS

_UNFIT = re.compile(r"[^\w.,@+=()-]+")
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
OWN_MARKS = {"event", "run", "step"}


def _name(text: str) -> str:
    parts = text.split("/")
    if not text or any(part in ("", ".", "..") for part in parts) or len(parts) > MOST_PARTS:
        raise ValueError("expected a name such as {product}/{id}.json, without . and ..")
    return text


class FileSettings(Settings):
    """What is put where, under which name."""

    storage: Annotated[str, Field(pattern=r"^sto_[\w-]{1,28}$")]
    """The id of one of your storages."""
    name: Annotated[
        str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f\\]+$"), AfterValidator(_name)
    ]
    """Such as {product}/{id}.json. Marks are filled; {event}, {run} and {step} make each name
    another one.
    """
    content: Literal["event", "parts_list", "picture"] = "event"
    """The event as JSON, the parts list as CSV, or the picture as JPEG."""


def _check(merchant: Merchant, kind: str, settings: FileSettings) -> None:
    storage_called(merchant, settings.storage)
    refuse_marks(settings.name, marks_for(merchant, kind) | OWN_MARKS, "/name")
    if settings.content != "event" and KINDS[kind].object != "configuration":
        told = "This event is about no configuration, so there is only its own content."
        raise Malformed(told, errors=[{"pointer": "/content", "detail": told}])


def file_name(work: Work[FileSettings]) -> str:
    """Return the name of the file: marks filled, so that what fills them makes no folder and leads
    nowhere.
    """
    facts = {
        **facts_of(work.data),
        "event": str(work.event["id"]),
        "run": work.run,
        "step": work.step,
    }
    fit = {name: _UNFIT.sub("_", each).strip(".")[:80] or "_" for name, each in facts.items()}
    parts = [filled(part, fit) for part in work.settings.name.split("/")]
    return "/".join(part.lstrip(".")[:MOST_PART] or "_" for part in parts)


def content_of(work: Work[FileSettings]) -> bytes:
    """Return what the file holds: for the same step the same. Refuses with StepFailed what there is
    not.
    """
    match work.settings.content:
        case "event":
            return orjson.dumps(dict(work.event), option=orjson.OPT_INDENT_2) + b"\n"
        case "parts_list":
            return parts_list(work.data.get("bom") or [])
    public_id = work.data.get("id") if "choices" in work.data else work.data.get("configuration")
    try:
        row = configuration_of(work.merchant, str(public_id))
    except NotFound:
        raise StepFailed("The configuration is not there any more.", is_final=True) from None
    offer = offer_of(row)
    picture = picture_of(
        offer.product.model,
        follow(offer, choices_of(row), quantity=row.quantity),
        offer.merchant,
    )
    if picture is None:
        raise StepFailed("The product has no picture.", is_final=True)
    return picture.content


def parts_list(lines: list[Mapping[str, Any]]) -> bytes:
    """Return a parts list as CSV in UTF-8, a column for each plain field that any line has."""
    columns = list(
        dict.fromkeys(name for line in lines for name, each in line.items() if _is_plain(each))
    )
    written = StringIO()
    table = csv.DictWriter(written, columns, extrasaction="ignore", lineterminator="\r\n")
    table.writeheader()
    table.writerows({name: _cell(line.get(name)) for name in columns} for line in lines)
    return written.getvalue().encode("utf-8-sig")


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value):
        return f"'{value}"
    return value if _is_plain(value) else ""


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+([.,]\d+)?", text) is not None


def _do(work: Work[FileSettings]) -> Done:
    storage = storage_called(work.merchant, work.settings.storage)
    place = put_file(storage, file_name(work), content_of(work), work.seconds)
    return Done(f"{place} is in {storage}.", output={"storage": storage.public_id, "file": place})


def _preview(work: Work[FileSettings]) -> Preview:
    storage = storage_called(work.merchant, work.settings.storage)
    content = content_of(work)
    is_text = work.settings.content != "picture"
    shown = content[:4_000].decode("utf-8", "replace") if is_text else f"{len(content):,} bytes"
    return Preview(f"{file_name(work)} is put into {storage}.", {"content": shown})


ACTION = Action(
    kind="file",
    title="Put a file",
    told="Into one of your storages: a folder of this site, S3 or SFTP. Written again, it is the same file.",
    settings=FileSettings,
    check=_check,
    preview=_preview,
    do=_do,
    choices={
        "storage": lambda merchant: [
            (row.public_id, f"{row.name} ({row.get_kind_display()})")
            for row in Storage.objects.for_merchant(merchant)
        ]
    },
)
