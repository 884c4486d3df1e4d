"""What differs between two versions of a product, told in words: which parts came, went and
changed, by key.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

MOST_LETTERS = 80
# The lists of a product model whose parts have keys, as a product manager calls one of their parts.
_PARTS = {
    "steps": "Step",
    "groups": "group",
    "options": "Option",
    "values": "value",
    "derived": "Derived value",
    "rules": "Rule",
    "tables": "Table rule",
    "preferences": "Preference",
    "presets": "Preset",
    "price_lines": "Price line",
    "bom_lines": "Part",
    "lead_time_lines": "Lead time line",
    "layers": "Picture layer",
    "prints": "Print",
    "assemblies": "Sub-assembly",
    "materials": "Material",
    "shapes": "Shape",
    "fittings": "Fitting",
    "shape_checks": "Shape check",
    "operations": "operation",
}
_FIELDS = {"when": "condition", "sku": "SKU", "image": "picture", "product": "key"}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return one sentence for each part that differs between two product models as `write_whole`
    gives them.

    Such as "Lead time line 'making': days 10 → 12", "Rule 'no_glass': removed" and "Option 'top',
    value 'oak': added".
    """
    return tuple(chain(_part("The product", before, after), _pictures(before, after)))


def part_differences(
    name: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[str, ...]:
    """Return what differs in one part called `name`, told as `differences` does; nothing where it
    is the same.
    """
    return tuple(_part(name, before, after))


def _part(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Return what differs in one part: its own fields in one sentence, then the parts it consists
    of.
    """
    parts = [
        field for field in _PARTS if _has_keys(before.get(field)) or _has_keys(after.get(field))
    ]
    apart = ("key", "assets", "definition")
    fields = [field for field in {**before, **after} if field not in parts and field not in apart]
    changes = [
        told
        for field in fields
        for told in _field(_FIELDS.get(field, field), before.get(field), after.get(field))
    ]
    if changes:
        yield f"{name}: {', '.join(changes)}"
    if "definition" in before and "definition" in after:
        yield from _part(f"{name}, contained product", before["definition"], after["definition"])
    for field in parts:
        noun = _PARTS[field] if name == "The product" else f"{name}, {_PARTS[field]}"
        yield from _listed(noun, before.get(field) or (), after.get(field) or ())


def _has_keys(parts: Any) -> bool:
    """Return whether `parts` are parts: a table rule lists options too, by their keys alone."""
    return isinstance(parts, list | tuple) and bool(parts) and isinstance(parts[0], Mapping)


def _listed(noun: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[str]:
    old, new = ({part["key"]: part for part in parts} for parts in (before, after))
    for key in {**old, **new}:
        name = f"{noun} '{key}'"
        if key not in old or key not in new:
            yield f"{name}: {'added' if key in new else 'removed'}"
        else:
            yield from _part(name, old[key], new[key])
    if [key for key in old if key in new] != [key for key in new if key in old]:
        yield f"{noun}s: in another order ({', '.join(new)})"


def _field(name: str, before: Any, after: Any) -> Iterator[str]:
    if _same(before, after):
        return
    told = name.replace("_", " ")
    if name == "rows":
        yield _rows(before or [], after or [])
    elif isinstance(before, Mapping) or isinstance(after, Mapping):
        # A text is written plainly while it has no translation.
        old, new = (
            each if isinstance(each, Mapping) else {"default": each} for each in (before, after)
        )
        for key in {**old, **new}:
            yield from _field(
                told if key == "default" else f"{told} {key}", old.get(key), new.get(key)
            )
    else:
        yield f"{told} {_told(before)} → {_told(after)}"


def _same(before: Any, after: Any) -> bool:
    # For Python 1 is True; for a product manager it is not.
    return bool(before == after) and isinstance(before, bool) == isinstance(after, bool)


def _rows(before: Sequence[Any], after: Sequence[Any]) -> str:
    old, new = ([repr(row) for row in rows] for rows in (before, after))
    added, removed = len(set(new) - set(old)), len(set(old) - set(new))
    return f"rows {added} added, {removed} removed" if added or removed else "rows in another order"


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if value is None or value == "":
        return "nothing"
    if not isinstance(value, str):
        return str(value)
    return f"“{value if len(value) <= MOST_LETTERS else value[: MOST_LETTERS - 1] + '…'}”"


def _pictures(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    old, new = before.get("assets", {}), after.get("assets", {})
    for name in {**old, **new}:
        if name not in old or name not in new:
            yield f"Picture '{name}': {'added' if name in new else 'removed'}"
        elif old[name] != new[name]:
            yield f"Picture '{name}': replaced"
