"""What a caller's own system writes on configurations: one reference, and metadata it finds them
by.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.errors import Malformed, Refusal
from configurator.models import Configuration, MetadataEntry

MOST_METADATA = 50
# One line without space around it, as it is typed again to be found.
REFERENCE = r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$"
METADATA_KEY = r"^[A-Za-z][A-Za-z0-9_.-]{0,39}$"


class ReferenceTaken(Refusal):
    """Another configuration has this reference, the one that `configuration` names; a reference names
    one.
    """

    slug = "reference-taken"
    title = "Another configuration has this reference"
    status = 409


@dataclass(frozen=True)
class Marks:
    """What is to be written: metadata by key, where None takes an entry away, and the reference.

    The reference stays as it is unless `names` says that it is set; None takes it away.
    """

    metadata: Mapping[str, str | None] = field(default_factory=dict)
    names: bool = False
    reference: str | None = None


NO_MARKS = Marks()


def metadata_of(configuration: Configuration) -> dict[str, str]:
    """Return the metadata of a configuration, in the order of their keys."""
    return {each.key: each.value for each in configuration.metadata_entries.all()}


def set_reference(row: Configuration, marks: Marks) -> bool:
    """Give `row` the reference of `marks`, without saving it, and tell whether it had another.

    Refuses with ReferenceTaken that of another configuration.
    """
    if not marks.names or row.reference == marks.reference:
        return False
    row.reference = marks.reference
    refuse_taken(row)
    return True


def set_metadata(row: Configuration, changes: Mapping[str, str | None]) -> bool:
    """Write metadata of a configuration that is locked or new; tell whether any was other before.

    Refuses with Malformed more than MOST_METADATA entries.
    """
    before = metadata_of(row) if changes else {}
    after = {key: value for key, value in {**before, **changes}.items() if value is not None}
    if len(after) > MOST_METADATA:
        told = f"At most {MOST_METADATA} entries can be kept; take some away with null."
        raise Malformed(told, errors=[{"pointer": "/metadata", "detail": told}])
    if after == before:
        return False
    row.metadata_entries.filter(key__in=[key for key in before if key in changes]).delete()
    MetadataEntry.objects.bulk_create(
        MetadataEntry(configuration=row, key=key, value=after[key])
        for key in changes
        if key in after
    )
    return True


def refuse_taken(row: Configuration) -> None:
    """Refuse with ReferenceTaken the reference of another configuration of the same merchant."""
    if row.reference is None:
        return
    rows = Configuration.objects.filter(merchant=row.merchant_id, reference=row.reference)
    other = rows.exclude(pk=row.pk).values_list("public_id", flat=True).first()
    if other is not None:
        raise ReferenceTaken(
            "A reference names one configuration. Take it from the other one first, or give another.",
            configuration=other,
        )
