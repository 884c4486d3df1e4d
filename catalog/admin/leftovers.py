"""What a change of a draft leaves behind: places that name something which is gone."""

from catalog import checks
from catalog.product_model import ProductModel

MOST_TOLD = 5


def leftovers(before: ProductModel, after: ProductModel) -> str:
    """Return a sentence about the places of `after` that name what only `before` has; empty where there are none.

    A renamed key is gone as well. Places that were wrong before are not told again.
    """
    gone = sorted(_names(before) - _names(after))
    if not gone:
        return ""
    known = {(each.code, each.path) for each in checks.basic_findings(before)}
    places = dict.fromkeys(
        " › ".join(part for part in each.path.split("/") if part) or "the product"
        for each in checks.basic_findings(after)
        if each.severity == "error" and (each.code, each.path) not in known
    )
    if not places:
        return ""
    count = "1 place still names" if len(places) == 1 else f"{len(places)} places still name"
    told = ", ".join(list(places)[:MOST_TOLD]) + (", …" if len(places) > MOST_TOLD else "")
    keys = ", ".join(f"'{key.rpartition('.')[2]}'" for key in gone[:MOST_TOLD]) + (
        ", …" if len(gone) > MOST_TOLD else ""
    )
    return f"{count} {keys}: {told}. Put them right before you publish; Check tells more."


def _names(model: ProductModel) -> set[str]:
    """Return everything that other places of a draft can name, a value as option.value."""
    names = {*model.option_by_key, *model.derived_by_key}
    names |= {f"{option.key}.{value.key}" for option in model.options for value in option.values}
    names |= set(model.assembly_by_key)
    names |= {group.key for step in model.steps for group in step.groups}
    return names | {line.key for line in model.price_lines}
