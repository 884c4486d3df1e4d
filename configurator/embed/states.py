"""A state of the page as text, in one spelling: in its address, in its form, in what can be undone,
in a shared link.

A state is what was chosen and how many are wanted. Each choice is a parameter named as its option;
one whose key means something else in an address, or is appended to links by advertisers, gets INPUT
before it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import parse_qsl, quote

from django.http import QueryDict

from catalog.errors import Unreadable
from catalog.kinds.register import kind_of
from catalog.memory import MEGABYTE, Remembered
from catalog.numbers import canonical, read_typed
from catalog.plain_texts import plain_text
from catalog.product_model import Choice, NumberDomain, ProductModel
from configurator.choices import sort_choices
from configurator.discretion import shown_options, without_internal
from configurator.embed.theme import COLOUR_SCHEME
from configurator.ordering import MOST_QUANTITY
from configurator.salvage import Lost, salvaged
from pricing.in_force import Buyer

INPUT = "o."
"""What the name of an option's input starts with; also of a parameter whose option has a key that
means something.
"""
PRICES_OF = "prices-of"
"""Names the configuration at whose price list the page is; no option can have this key."""
SHOWN_IN = "shown-in"
"""Names the unit that lengths are shown in; no option can have this key."""
RESERVED = frozenset({"lang", "step", "quantity", "country", "region"})
_NO_CHOICES = RESERVED | {PRICES_OF, SHOWN_IN, COLOUR_SCHEME}
MOST_REGION = 60
# All that a form may carry; a state longer than the second is read each time instead of being
# remembered.
MOST_CHARACTERS = 1_000_000
MOST_REMEMBERED = 20_000
STATE_BYTES = 16 * MEGABYTE
# Servers and proxies take addresses of 8,000 characters; inside the address of a shop's page this
# one gets longer.
MOST_ADDRESS = 6_000
# In the address of a shop's page, where it is quoted once more, it stays below 2,000 with 300 for
# that.
MOST_LINK = 1_700
# Parameters that advertisers append to every link; nobody needs to be told that they mean nothing
# here. The last two are also names that a shop gives an option, and means in a link of its own.
_APPENDED = frozenset({"fbclid", "gclid", "msclkid"})
_TRACKING = _APPENDED | {"ref", "cfg"}


@dataclass(frozen=True)
class State:
    """What was chosen and how many are wanted; `dropped` is what was written and does not exist."""

    choices: Mapping[str, Choice]
    quantity: int = 1
    dropped: tuple[Lost, ...] = field(default=(), compare=False)


def text_of(choice: Choice) -> str:
    """Return `choice` as a parameter has it: a key, `true`, `838.5`, a text, keys with commas;
    empty for nothing.
    """
    if isinstance(choice, bool):
        return "true" if choice else "false"
    if isinstance(choice, tuple):
        return ",".join(choice)
    return choice if isinstance(choice, str) else canonical(choice)


def query_of(model: ProductModel, choices: Mapping[str, Choice | None]) -> str:
    """Return `choices` as a query string in the order of the options; None, which retracts, as
    `-key`.

    What was chosen of internal options stays behind: it comes from the configuration that
    `prices-of` names.
    """
    parts = []
    for option in shown_options(model):
        if option.key in choices:
            choice = choices[option.key]
            name = f"{INPUT}{option.key}" if _means_something(option.key) else option.key
            parts.append(
                f"-{name}=" if choice is None else f"{name}={quote(text_of(choice), safe=',')}"
            )
    return "&".join(parts)


def choices_in(model: ProductModel, query: str) -> tuple[dict[str, Choice | None], tuple[str, ...]]:
    """Return the choices of a query string such as `query_of` makes, and a sentence for each that
    cannot be read.
    """
    if len(query) > MOST_CHARACTERS:
        return {}, ("These choices are too long.",)
    return _read_pairs(model, parse_qsl(query, keep_blank_values=True))


def state_text(model: ProductModel, state: State) -> str:
    """Return a state as the form carries it."""
    quantity = "" if state.quantity == 1 else f"quantity={state.quantity}"
    return "&".join(filter(None, (query_of(model, state.choices), quantity)))


def state_in(model: ProductModel, text: str) -> State:
    """Return the state that `state_text` wrote, perhaps of another version: only what no longer
    exists goes.
    """
    # Checked here: a long text must not become a key that is kept.
    if len(text) > MOST_REMEMBERED:
        return _state(model, text)
    return _remembered(model, text)


def state_of_address(model: ProductModel, parameters: QueryDict) -> State:
    """Return the state in a page's address, as far as it still exists.

    A quantity that cannot be ordered counts as one, see `read_quantity`.
    """
    pairs = [
        (name, each)
        for name, values in parameters.lists()
        if name not in _NO_CHOICES and not _is_appended(model, name, parameters)
        for each in values
        if isinstance(each, str)
    ]
    found, dropped = _salvaged_pairs(model, pairs)
    return State(found, read_quantity(parameters.get("quantity", "")) or 1, dropped)


def address_query(
    model: ProductModel, state: State, more: Mapping[str, str]
) -> tuple[str, tuple[str, ...]]:
    """Return a state with parameters that mean something else as the query of an address, and what
    it leaves out.

    Left out are the keys of texts that no server would take, the longest first.
    """
    settings = {**({"quantity": str(state.quantity)} if state.quantity != 1 else {}), **more}
    written = "&".join(f"{name}={quote(value, safe='')}" for name, value in settings.items())
    choices = without_internal(model, state.choices)
    left_out: list[str] = []
    while True:
        query = "&".join(filter(None, (query_of(model, choices), written)))
        texts = [key for key in choices if kind_of(model.option_by_key[key]).is_text]
        if len(query) <= MOST_ADDRESS or not texts:
            return query, tuple(
                key for key in model.option_by_key if key in left_out
            ) if left_out else ()
        longest = max(texts, key=lambda key: len(quote(text_of(choices[key]))))
        left_out.append(longest)
        del choices[longest]


def is_long_link(query: str) -> bool:
    """Tell whether a link with `query` in it is too long for mails and messengers."""
    return len(quote(query, safe="")) > MOST_LINK


def buyer_of_address(parameters: QueryDict) -> Buyer:
    """Return where a buyer is, as the shop's page says it in the address: `country` and `region`
    decide on the tax.
    """
    country, region = (parameters.get(name, "") for name in ("country", "region"))
    if not re.fullmatch(r"[A-Z]{2}", country):
        return Buyer()
    return Buyer(country=country, region=region if 0 < len(region) <= MOST_REGION else None)


_QUANTITIES = NumberDomain(Decimal(1), Decimal(MOST_QUANTITY))


def read_quantity(text: str, locale: str | None = None) -> int | None:
    """Return `text` as a quantity that may be ordered, 1 where nothing is said; None where it is
    none.

    It is read as people who read `locale` type any number.
    """
    # What nearly every page sends; digits alone mean the same to everybody.
    if text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_QUANTITY)):
        number = int(text)
        return number if 1 <= number <= MOST_QUANTITY else None
    if not plain_text(text):
        return 1
    try:
        return int(read_typed(_QUANTITIES, text, locale))
    except Unreadable:
        return None


def _is_appended(model: ProductModel, name: str, parameters: QueryDict) -> bool:
    """Tell whether a parameter of an address is an advertiser's, though an option may have its
    name.
    """
    is_never_ours = name in _APPENDED or name.startswith("utm_")
    is_said_better = name not in model.option_by_key or f"{INPUT}{name}" in parameters
    return is_never_ours or (name in _TRACKING and is_said_better)


def _is_tracking(name: str) -> bool:
    return name in _TRACKING or name.startswith("utm_")


def _means_something(key: str) -> bool:
    return key in RESERVED or _is_tracking(key)


def _key_of(model: ProductModel, name: str) -> str:
    """Return the option's key that a parameter names; `o.1.size` is one itself where a sub-assembly
    is called `o`.
    """
    return name if name in model.option_by_key else name.removeprefix(INPUT)


def _given(
    model: ProductModel, pairs: Iterable[tuple[str, str]]
) -> tuple[dict[str, object], set[str]]:
    """Return what parameters say by option, and which of these are an advertiser's."""
    given: dict[str, object] = {}
    foreign: set[str] = set()
    for name, text in pairs:
        key = _key_of(model, name.removeprefix("-"))
        option = model.option_by_key.get(key)
        if name == key and _is_tracking(name):
            foreign.add(key)
        if name.startswith("-"):
            given[key] = None
        elif option is not None and kind_of(option).is_several:
            before = given.get(key)
            given[key] = [
                *(before if isinstance(before, list) else []),
                *filter(None, text.split(",")),
            ]
        else:
            given[key] = text
    return given, foreign


def _read_pairs(
    model: ProductModel, pairs: Iterable[tuple[str, str]]
) -> tuple[dict[str, Choice | None], tuple[str, ...]]:
    given, foreign = _given(model, pairs)
    choices, misread = sort_choices(model, given, model.internal_options)
    told = [each.detail for each in misread if each.option not in foreign]
    return choices, tuple(each if each.endswith("?") else f"{each}." for each in told)


def _salvaged_pairs(
    model: ProductModel, pairs: Iterable[tuple[str, str]]
) -> tuple[dict[str, Choice], tuple[Lost, ...]]:
    given, foreign = _given(model, pairs)
    choices, lost = salvaged(model, given)
    found = {key: choice for key, choice in choices.items() if choice is not None}
    return found, tuple(each for each in lost if each.option not in foreign)


_states: Remembered[tuple[str, str], State] = Remembered(
    STATE_BYTES, lambda key, state: 4 * len(key[1]) + 300 * len(state.choices)
)


def _remembered(model: ProductModel, text: str) -> State:
    key = (model.digest, text)
    return _states.get(key) or _states.keep(key, _state(model, text))


def _state(model: ProductModel, text: str) -> State:
    if len(text) > MOST_CHARACTERS:
        return State({}, 1, (Lost("", ""),))
    pairs = parse_qsl(text, keep_blank_values=True)
    quantity = next((read_quantity(value) for name, value in pairs if name == "quantity"), 1)
    found, dropped = _salvaged_pairs(model, [pair for pair in pairs if pair[0] != "quantity"])
    return State(found, quantity or 1, dropped)
