"""What a change of a draft leaves behind: places that name something which is gone."""

from catalog import checks
from catalog.product_model import ProductModel
from catalog.renaming import Name, names_of

MOST_TOLD = 5
# What other places of a draft can name, and cannot be without.
_NAMED = frozenset(
    {
        "option",
        "value",
        "attribute",
        "derived",
        "assembly",
        "group",
        "price_line",
        "bom_line",
        "subtotal",
    }
)


def leftovers(before: ProductModel, after: ProductModel) -> str:
    """Return a sentence about the places of `after` that name what only `before` has; empty where
    there are none.

    A renamed key is gone as well. Places that were wrong before are not told again.
    """
    gone = sorted({name for name in names_of(before) - names_of(after) if name.kind in _NAMED})
    # With an option its values go as well, and need not be told.
    gone = [each for each in gone if not each.option or Name("option", each.option) not in gone]
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
    keys = list(dict.fromkeys(f"'{name.key}'" for name in gone))
    named = ", ".join(keys[:MOST_TOLD]) + (", …" if len(keys) > MOST_TOLD else "")
    return f"{count} {named}: {told}. Put them right before you publish; Check tells more."
