"""Price models in time and place: lists, amounts and rates that begin and end, buyers at home,
abroad and without tax.

`in_time` gives the lists of a tale, and what is kept in them, their times, asks at one of these,
and settles by the rules of the documentation which list holds, and with which tax.
"""

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction as F
from typing import Any

from tests.pricing.oracle import List, Tale, Tax, chain, decimal

BEGIN = datetime(2026, 6, 1, tzinfo=UTC)
DAYS = 9
CLASSES = ("reduced", "food", "none")
RATES = (F(0), F(5, 100), F(7, 100), F(135, 1000), F(19, 100))

type Row = dict[str, Any]


def moment(day: int) -> str:
    return (BEGIN + timedelta(days=day)).isoformat()


def in_time(luck: random.Random, tale: Tale) -> None:
    """Give a tale its times and places; `tale.asked` is then the list that holds for who asks, with
    its taxes.
    """
    day = luck.randint(0, DAYS)
    tale.at = moment(day)
    stand_apart(luck, tale)
    for document, terms in zip(tale.price_lists, tale.lists, strict=True):
        if luck.random() < 0.35:
            document.update(period(luck))
        document["is_default"] = terms.currency == "EUR" and luck.random() < 0.4
        if luck.random() < 0.1:
            document["channel"] = "shop"
    kept_in_time(luck, tale, day)
    rates_in_time(luck, tale, day)
    for document, terms in zip(tale.price_lists, tale.lists, strict=True):
        terms.has_problem = terms.has_problem or not holds(document, day)
    tale.key = None if luck.random() < 0.5 else luck.choice(tale.lists).key
    tale.buyer = {"channel": "shop"} if luck.random() < 0.3 else {}
    tale.asked = chosen(tale, day)
    places(luck, tale, day)


def period(luck: random.Random) -> Row:
    """Return from when until when something holds, as documents say it: days from the first that is
    told of.
    """
    begins, ends = sorted(luck.sample(range(DAYS + 1), 2))
    told = {"valid_from": moment(begins), "valid_until": moment(ends)}
    return {key: told[key] for key in luck.choice([("valid_from",), ("valid_until",), tuple(told)])}


def holds(row: Row, day: int) -> bool:
    at = moment(day)
    return row.get("valid_from", "") <= at and ("valid_until" not in row or at < row["valid_until"])


def latest(rows: list[Row], day: int) -> Row | None:
    """Return the row that began last of those that hold; of those that began at once the last one."""
    best = None
    for row in rows:
        if holds(row, day) and (
            best is None or row.get("valid_from", "") >= best.get("valid_from", "")
        ):
            best = row
    return best


def stand_apart(luck: random.Random, tale: Tale) -> None:
    """Let some lists in euros be made from no other, and some lists of costs be net where the other
    is gross.
    """
    for place, (document, terms) in enumerate(zip(tale.price_lists, tale.lists, strict=True)):
        is_last = place == len(tale.lists) - 1
        if terms.base is not None and terms.currency == "EUR" and luck.random() < 0.4:
            terms.base, terms.factor, terms.takes_costs = None, F(1), False
            del document["derived"]
        elif terms.takes_costs and is_last and luck.random() < 0.5:
            terms.net = not terms.net
            document["amounts_are"] = "net" if terms.net else "gross"


def kept_in_time(luck: random.Random, tale: Tale, day: int) -> None:
    """Let amounts that lists keep begin and end, one after another."""
    rows = []
    for row in tale.list_amounts:
        found = [row]
        while luck.random() < 0.3:
            found.append({**row, "amount": luck.randint(0, 20), **period(luck)})
        if luck.random() < 0.2:
            found[0] = {**row, **period(luck)}
        luck.shuffle(found)
        rows += found
        terms = next(each for each in tale.lists if each.key == row["price_list"])
        held = latest(found, day)
        del terms.kept[row["line"], row["value"]]
        if held is not None:
            terms.kept[row["line"], row["value"]] = F(str(held["amount"]))
    tale.list_amounts = rows


def rates_in_time(luck: random.Random, tale: Tale, day: int) -> None:
    """Let exchange rates follow one another; before the first there is none."""
    rates = []
    for terms in tale.lists:
        if terms.base is None or terms.base.currency == terms.currency:
            terms.rate = F(1)
            continue
        rows = [
            {
                "currency": terms.base.currency,
                "into": terms.currency,
                "rate": decimal(F(luck.randint(1, 200_000), 1000)),
                "valid_from": moment(start),
            }
            for start in luck.sample(range(-1, DAYS), luck.randint(1, 3))
        ]
        held = latest(rows, day)
        terms.has_problem = held is None
        terms.rate = F(1) if held is None else F(str(held["rate"]))
        # Two lists may be between the same currencies: there is one rate for both.
        known = [
            row
            for row in rates
            if (row["currency"], row["into"]) == (rows[0]["currency"], rows[0]["into"])
        ]
        if known:
            held = latest(known, day)
            terms.has_problem = held is None
            terms.rate = F(1) if held is None else F(str(held["rate"]))
        else:
            rates += rows
    tale.exchange_rates = rates


def chosen(tale: Tale, day: int) -> List | None:
    """Return the list that is asked for, or the one that the buyer gets; None where there is no
    price for them.
    """
    lists = list(zip(tale.price_lists, tale.lists, strict=True))
    if tale.key is not None:
        return next(
            (terms for row, terms in lists if terms.key == tale.key and holds(row, day)), None
        )
    channel = tale.buyer.get("channel")
    everybodys = [(row, terms) for row, terms in lists if "channel" not in row]
    own = [
        (row, terms)
        for row, terms in lists
        if channel and row.get("channel") == channel and holds(row, day)
    ]
    found = own or [
        (row, terms) for row, terms in everybodys if terms.currency == "EUR" and holds(row, day)
    ]
    if not found:
        ended = [
            row
            for row, terms in everybodys
            if terms.currency == "EUR" and row.get("valid_until", "~") <= moment(day)
        ]
        return None if ended else standard()
    found = [each for each in found if each[0]["is_default"]] or found
    found = [each for each in found if each[1].currency == "EUR"] or found
    return found[0][1] if len(found) == 1 else None


def standard() -> List:
    """Return what holds without any price list: amounts as they are, of which the tax is not known."""
    return List(
        key="standard",
        currency="EUR",
        step=F(1, 100),
        ending=F(0),
        mode="half_up",
        by_line=True,
        net=False,
        shows_net=False,
        tax=None,
        taxes=[],
        tax_mode="half_up",
        tax_by_line=False,
        least=None,
        base=None,
        takes_costs=False,
        factor=F(1),
        rate=F(1),
        own_only=False,
        kept={},
    )


# ---- taxes ---------------------------------------------------------------------------------------


def places(luck: random.Random, tale: Tale, day: int) -> None:
    """Give lines tax classes, lists a home, buyers a country and the world its tax rates; settle
    the tax of each.
    """
    tale.pays_no_tax = luck.random() < 0.2
    products = luck.choice(["standard", "standard", "standard", "reduced", "none"])
    tale.product["tax_class"] = tale.tax_class = products
    for document, line in zip(tale.product["price_lines"], tale.lines, strict=True):
        document.pop("tax_class", None)
        line.tax_class = luck.choice(["", "", "", "reduced", "food", "none"])
        if line.tax_class:
            document["tax_class"] = line.tax_class
    tale.tax_rates = [row for country in ("DE", "FR") for row in of_country(luck, country)]
    for document, terms in zip(tale.price_lists, tale.lists, strict=True):
        for key in ("country", "region"):
            document.pop(key, None)
        document |= luck.choice(
            [{}, {"country": "DE"}, {"country": "DE"}, {"country": "FR", "region": "N"}]
        )
        document["tax_rounding_mode"] = terms.tax_mode
        if luck.random() < 0.5:
            document["tax_label"] = terms.label = "VAT"
    buyer = luck.choice(
        [
            {},
            {},
            {"country": "DE"},
            {"country": "FR"},
            {"country": "FR", "region": "S"},
            {"country": "IT"},
        ]
    )
    tale.buyer |= buyer
    if tale.asked is None:
        return
    homes = {document["key"]: document for document in tale.price_lists}
    for terms in chain(tale.asked):
        home = homes.get(terms.key, {})
        is_abroad = terms is tale.asked and "country" in tale.buyer and not tale.pays_no_tax
        place = tale.buyer if is_abroad else home
        found = {
            key: tax_on(tale, terms, key, place, day, is_abroad) for key in (products, *CLASSES)
        }
        at_home = {
            key: tax_on(tale, terms, key, home, day, False).rate for key in (products, *CLASSES)
        }
        terms.home_rates = {"" if key == products else key: rate for key, rate in at_home.items()}
        settled = found[products]
        terms.tax, terms.label, terms.taxes = settled.rate, settled.label, list(settled.parts)
        terms.class_taxes = {key: tax for key, tax in found.items() if key != products}


def of_country(luck: random.Random, country: str) -> list[Row]:
    """Return the tax rates of a country: by class, some by region, some of several taxes, some one
    after another.
    """
    rows: list[Row] = []
    for tax_class in ("standard", "reduced", "food"):
        for region in luck.choice([(None,), (None,), (None, "N"), ("N",), ()]):
            row: Row = {"country": country, "tax_class": tax_class}
            if region is not None:
                row["region"] = region
            for times in luck.choice([({},), ({},), ({}, period(luck)), (period(luck),)]):
                rate = luck.choice(RATES)
                each = {**row, **times, "rate": decimal(rate * 100)}
                if luck.random() < 0.5:
                    each["label"] = "VAT"
                if rate and luck.random() < 0.2:
                    parts = [rate / 4, rate - rate / 4]
                    each["taxes"] = [
                        {"label": f"Tax {number}", "rate": decimal(part * 100)}
                        for number, part in enumerate(parts)
                    ]
                rows.append(each)
    return rows


def tax_on(tale: Tale, terms: List, tax_class: str, place: Row, day: int, is_abroad: bool) -> Tax:
    """Return the tax on a class of goods at a place: that of the list is at home, for the product's
    class.
    """
    if tax_class == "none":
        return Tax(F(0), "Not taxed")
    own = Tax(terms.tax, terms.label, tuple(terms.taxes)) if tax_class == tale.tax_class else Tax()
    unknown = Tax() if is_abroad and tale.tax_rates else own
    rows = [
        row
        for row in tale.tax_rates
        if row["country"] == place.get("country")
        and row["tax_class"] == tax_class
        and holds(row, day)
    ]
    region = place.get("region")
    if region is None and any("region" in row for row in rows):
        return unknown
    held = latest(
        [row for row in rows if row.get("region") == region]
        or [row for row in rows if "region" not in row],
        day,
    )
    if held is None:
        return unknown
    parts = tuple(F(str(part["rate"])) / 100 for part in held.get("taxes", ()))
    return Tax(F(str(held["rate"])) / 100, held.get("label", terms.label), parts)
