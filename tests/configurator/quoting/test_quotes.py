"""Quotes: the price that everybody tells, promised for a time, and what becomes of it."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.memory import forget_all
from catalog.models import Product, Version
from catalog.operations import publish
from catalog.product_model import read
from configurator import signals
from configurator.answering import follow
from configurator.completing import complete, complete_choices
from configurator.keeping import choose, copied, save
from configurator.models import Configuration, QuoteTerms
from configurator.offers import published
from configurator.ordering import ChoicesConflict, NotReady, QuantityRefused
from configurator.overriding import override_price, revoke_override
from configurator.quoting.quotes import quote, quote_configuration, verify
from configurator.quoting.signing import ExpiryRefused
from configurator.quoting.tokens import Claims, unverified
from configurator.stored import evaluation_of
from pricing.grid import keep_amounts
from pricing.in_force import Buyer
from pricing.models import PriceList, TaxRate
from pricing.operations import import_product
from pricing.override import Override
from pricing.product_file import ProductFile
from tests.api import RETAIL, TRADE, make_shop
from tests.clock import Clock
from tests.examples.desk import DESK

pytestmark = [pytest.mark.database, pytest.mark.django_db]

DAY = 24 * 3600


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def shop():
    return make_shop()


def offer(**given):
    return published("joinery", "desk", **given)


def keep_base(shop, amount, **period):
    """Keep another amount for the base of the desk in the retail list."""
    row = {"price_list": "retail", "product": "desk", "line": "base", "amount": amount, **period}
    assert not keep_amounts(shop, [row]).errors


# ---- what is promised ----------------------------------------------------------------------------


def test_a_quote_says_what_the_evaluation_says(shop):
    found = quote(offer(), {"frame": "oak", "width": Decimal(1600)}, quantity=3)
    evaluation = follow(offer(), {"frame": "oak", "width": Decimal(1600)}, quantity=3)
    claims = verify(shop, found.signed.token).claims

    assert found.evaluation == evaluation
    assert (claims.total, claims.quantity) == (str(evaluation.breakdown.total), 3)
    assert (claims.net, claims.tax, claims.gross) == tuple(
        str(getattr(evaluation.breakdown, name)) for name in ("net", "tax", "gross")
    )
    assert (claims.product, claims.version, claims.digest) == ("desk", 1, evaluation.model.digest)
    assert (claims.fingerprint, claims.choices) == (
        evaluation.fingerprint,
        {"frame": "oak", "width": 1600},
    )
    assert (claims.price_list, claims.price_list_revision) == ("retail", offer().terms.revision)
    assert (claims.currency, claims.amounts_are, claims.lead_days) == (
        "EUR",
        "gross",
        evaluation.lead_time.days,
    )


@given(
    choices=st.fixed_dictionaries(
        {},
        optional={
            "frame": st.sampled_from(["steel", "oak"]),
            "top": st.sampled_from(["glass", "oak", "laminate"]),
            "width": st.integers(100, 200).map(lambda tens: Decimal(10 * tens)),
            "drawers": st.sampled_from(["none", "one", "two"]),
            "extras": st.sampled_from([(), ("lamp",), ("lamp", "tray")]),
            "engraved": st.booleans(),
            "engraving": st.text(alphabet="Ada 123", min_size=1, max_size=12)
            .map(str.strip)
            .filter(bool),
        },
    ),
    quantity=st.integers(1, 1_000),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_can_be_ordered_is_quoted_at_its_price_and_nothing_else(shop, choices, quantity):
    evaluation = follow(offer(), choices, quantity=quantity)
    if not evaluation.ready or evaluation.conflict:
        with pytest.raises((NotReady, ChoicesConflict)):
            quote(offer(), choices, quantity)
        return
    found = verify(shop, quote(offer(), choices, quantity).signed.token)

    assert (found.valid, found.changed) == (True, ())
    assert Decimal(found.claims.total) == evaluation.breakdown.total
    assert found.claims.fingerprint == evaluation.fingerprint


def test_what_clashes_is_not_quoted(shop):
    with pytest.raises(ChoicesConflict, match="glass top needs the steel frame"):
        quote(offer(), {"frame": "oak", "top": "glass"})


def test_what_is_not_ready_is_not_quoted(shop):
    with pytest.raises(NotReady, match="Engraving") as refused:
        quote(offer(), {"top": "oak", "engraved": True})
    assert refused.value.data["missing"] == ["engraving"]


def test_too_many_pieces_are_not_quoted(shop):
    with pytest.raises(QuantityRefused):
        quote(offer(), {}, quantity=0)


def test_what_is_not_known_is_left_out_of_the_token(shop):
    shop.price_lists.update(tax_rate=None)
    forget_all()
    claims = quote(offer(), {}).signed.claims

    assert {"net", "tax", "ready_on", "buyer", "configuration"}.isdisjoint(claims)
    assert claims["gross"] == claims["total"]


def test_the_day_on_which_it_is_ready_is_told_where_there_is_a_calendar(shop):
    from pricing.models import PriceRevision, WorkCalendar

    WorkCalendar.objects.create(merchant=shop)
    PriceRevision.change(shop.pk)

    assert quote(offer(), {}).signed.claims["ready_on"] == follow(offer(), {}).ready_on.isoformat()


def test_no_two_quotes_are_the_same(shop):
    assert quote(offer(), {}).signed.claims["jti"] != quote(offer(), {}).signed.claims["jti"]


# ---- how long ------------------------------------------------------------------------------------


def lasts(**given):
    claims = quote(offer(), {}, **given).signed.claims
    return claims["exp"] - claims["iat"]


def test_it_holds_as_long_as_the_merchant_says(shop):
    assert lasts() == 30 * DAY
    QuoteTerms.objects.create(merchant=shop, valid_days=7, most_days=14)
    forget_all()

    assert lasts() == 7 * DAY
    assert lasts(expires_in=14 * DAY) == 14 * DAY
    assert lasts(expires_in=60) == 60


@pytest.mark.parametrize("seconds", [0, -1, 59, 90 * DAY + 1])
def test_it_holds_no_longer_and_no_shorter_than_it_may(shop, seconds):
    with pytest.raises(ExpiryRefused, match=str(90 * DAY)):
        quote(offer(), {}, expires_in=seconds)


def test_terms_that_contradict_themselves_are_refused(shop):
    wrong = QuoteTerms(merchant=shop, valid_days=20, most_days=10)
    with pytest.raises(ValidationError):
        wrong.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong.save()
    with pytest.raises(ValidationError):
        QuoteTerms(merchant=shop, valid_days=20, most_days=367).full_clean()


def test_a_quote_of_prices_to_come_holds_when_they_do(shop, clock):
    begins = datetime.now(UTC) + timedelta(days=10)
    keep_base(shop, "500.00", valid_from=begins.isoformat())
    found = quote(offer(at=begins), {}, valid_from=begins)
    assert Decimal(found.signed.claims["total"]) > follow(offer(), {}).breakdown.total

    early = verify(shop, found.signed.token)
    assert (early.reason, early.changed) == ("not-yet-valid", ())
    clock.goes_on(days=11)
    late = verify(shop, found.signed.token)
    assert (late.valid, late.changed) == (True, ())


def test_a_quote_of_prices_of_the_past_holds_from_now_on(shop):
    found = quote(offer(), {}, valid_from=datetime(2020, 1, 1, tzinfo=UTC))

    assert verify(shop, found.signed.token).valid


def test_what_begins_later_ends_within_the_limit_too(shop):
    with pytest.raises(ExpiryRefused):
        quote(offer(), {}, valid_from=datetime.now(UTC) + timedelta(days=80))


# ---- what becomes of it --------------------------------------------------------------------------


def test_a_quote_that_holds_and_of_which_nothing_changed_is_just_valid(shop):
    found = verify(shop, quote(offer(), {}).signed.token)

    assert (found.valid, found.sentence, found.changed, found.now) == (
        True,
        "This quote holds.",
        (),
        None,
    )


def test_an_expired_quote_is_refused_and_a_fresh_one_offered(shop, clock):
    token = quote(offer(), {"frame": "oak"}, quantity=2).signed.token
    clock.goes_on(days=30, seconds=61)
    found = verify(shop, token)

    assert (found.reason, found.changed, found.now.difference) == ("expired", (), 0)
    fresh = verify(shop, found.now.quote.signed.token)
    assert fresh.valid
    assert (fresh.claims.total, fresh.claims.fingerprint) == (
        found.claims.total,
        found.claims.fingerprint,
    )


def test_a_price_that_rose_is_told_and_the_quote_holds_all_the_same(shop):
    token = quote(offer(), {}, quantity=2).signed.token
    keep_base(shop, "300.50")
    found = verify(shop, token)

    assert (found.valid, found.changed) == (True, ("price",))
    assert found.now.difference == Decimal("21.00")
    assert Decimal(found.now.quote.signed.claims["total"]) - Decimal(found.claims.total) == Decimal(
        "21.00"
    )


def test_a_price_that_fell_is_told_with_its_sign(shop, clock):
    token = quote(offer(), {}).signed.token
    keep_base(shop, "280.00")
    clock.goes_on(days=31)

    assert verify(shop, token).now.difference == Decimal("-10.00")


def test_a_new_version_at_the_same_price_is_told(shop):
    token = quote(offer(), {}).signed.token
    product = Product.objects.get()
    product.name = "Desk, improved"
    product.save()
    publish(product)
    forget_all()
    found = verify(shop, token)

    assert Version.objects.count() == 2
    assert (found.valid, found.changed, found.now.difference) == (True, ("version",), 0)
    assert found.now.quote.signed.claims["version"] == 2


def test_choices_that_a_new_version_no_longer_has_are_told(shop, clock):
    token = quote(offer(), {"width": Decimal(1200)}).signed.token
    document = deepcopy(DESK)
    width = next(each for each in document["options"] if each["key"] == "width")
    width |= {"number": {"first": 1500, "last": 2000, "step": 10, "unit": "mm"}, "default": 1600}
    publish(import_product(shop, ProductFile(read(document), (RETAIL, TRADE))))
    clock.goes_on(days=31)
    found = verify(shop, token)

    assert (found.reason, found.changed, found.now.quote) == ("expired", ("unavailable",), None)
    assert "Width" in found.now.problem


def test_a_price_is_renewed_for_the_same_buyer(shop):
    TaxRate.objects.create(merchant=shop, country="FR", rate=Decimal(20))
    forget_all()
    token = quote(offer(buyer=Buyer(country="FR")), {}).signed.token
    found = verify(shop, token)
    assert (found.changed, found.claims.buyer) == ((), {"country": "FR"})

    TaxRate.objects.update(rate=Decimal(10))
    forget_all()
    found = verify(shop, token)
    # The list is gross: only what is tax of it has changed.
    assert (found.changed, found.now.difference) == (("price",), 0)
    assert found.now.quote.signed.claims["tax"] != found.claims.tax


def test_a_price_list_that_was_named_is_named_again(shop):
    token = quote(offer(price_list="trade"), {}).signed.token
    assert verify(shop, token).claims.price_list == "trade"

    shop.price_lists.filter(key="trade").delete()
    forget_all()
    found = verify(shop, token)
    assert (found.valid, found.changed) == (True, ("unavailable",))
    assert "no price list 'trade'" in found.now.problem


def test_of_totals_in_other_currencies_no_difference_is_told(shop):
    token = quote(offer(buyer=Buyer(customer_group="swiss")), {}).signed.token
    retail = shop.price_lists.get(key="retail")
    retail.pk, retail.key, retail.currency, retail.customer_group, retail.is_default = (
        None,
        "swiss",
        "CHF",
        "swiss",
        False,
    )
    retail.own_lines_only, retail.derived_of = False, "retail"
    retail.save()
    from pricing.models import ExchangeRate

    ExchangeRate.objects.create(
        merchant=shop,
        currency="EUR",
        into="CHF",
        rate=Decimal("0.94"),
        valid_from=datetime(2020, 1, 1, tzinfo=UTC),
    )
    found = verify(shop, token)

    assert (found.changed, found.now.difference) == (("price",), None)
    assert found.now.quote.signed.claims["currency"] == "CHF"


def test_clocks_may_differ_by_the_minute_that_others_are_told_to_allow(shop, clock):
    token = quote(offer(), {}).signed.token
    clock.goes_on(days=30, seconds=30)
    assert verify(shop, token).valid
    clock.goes_on(seconds=31)
    assert verify(shop, token).reason == "expired"


def test_a_clock_behind_ours_may_ask_a_moment_early(shop):
    begins = datetime.now(UTC) + timedelta(seconds=50)
    assert verify(shop, quote(offer(at=begins), {}, valid_from=begins).signed.token).valid


def test_a_difference_is_of_what_is_paid(shop):
    TaxRate.objects.create(merchant=shop, country="FR", rate=Decimal(20))
    PriceList.objects.create(
        merchant=shop,
        key="net",
        name="Net",
        currency="EUR",
        amounts_are="net",
        channel="net",
        tax_rate=Decimal(20),
    )
    token = quote(offer(buyer=Buyer(channel="net", country="FR")), {}).signed.token
    TaxRate.objects.update(rate=Decimal(10))
    forget_all()
    found = verify(shop, token)
    fresh = found.now.quote.signed.claims
    assert (fresh["total"], found.changed) == (found.claims.total, ("price",))
    assert found.now.difference == Decimal(fresh["gross"]) - Decimal(found.claims.gross) < 0


# ---- of others -----------------------------------------------------------------------------------


def test_another_merchants_quote_is_not_ones_own(shop):
    other = make_shop("other")
    token = quote(published("other", "desk"), {}).signed.token
    found = verify(shop, token)

    assert (found.reason, found.claims, found.now) == ("another-merchant", None, None)
    assert verify(other, token).valid


def test_a_site_under_another_address_gave_other_quotes(shop, settings):
    token = quote(offer(), {}).signed.token
    settings.PUBLIC_URL = "https://elsewhere.example"

    assert verify(shop, token).reason == "wrong-issuer"


def test_a_key_that_is_not_there_is_not_known(shop):
    token = quote(offer(), {}).signed.token
    shop.signing_keys.all().delete()

    assert verify(shop, token).reason == "unknown-key"


def test_what_is_no_token_is_told(shop):
    assert verify(shop, "hello").reason == "malformed"
    assert not verify(shop, "hello").valid


# ---- stored configurations -----------------------------------------------------------------------


def test_completing_signs_the_price_once(shop):
    row = complete_choices(offer(), {"frame": "oak"}, quantity=2, once="page")
    token = row.quote
    again = complete_choices(offer(), {"frame": "oak"}, quantity=2, once="page")
    claims = verify(shop, token).claims

    assert Configuration.objects.get().quote == token == again.quote
    assert (claims.configuration, claims.fingerprint) == (row.public_id, row.fingerprint)
    assert (Decimal(claims.total), claims.quantity) == (row.total, 2)


def test_an_open_configuration_has_no_quote(shop):
    assert save(offer(), {}).quote == ""


def test_whoever_hears_of_completions_hears_of_the_quote(shop):
    heard = []

    def listen(sender, configuration, quote, **told):
        heard.append((configuration.quote, quote.token, quote.expires_at))

    signals.configuration_completed.connect(listen)
    row = complete_choices(offer(), {})
    signals.configuration_completed.disconnect(listen)

    assert heard[0][:2] == (row.quote, row.quote)
    assert heard[0][2] - datetime.now(UTC) > timedelta(days=29)


def test_a_stored_configuration_is_quoted_at_the_prices_it_was_kept_with(shop):
    row = complete_choices(offer(), {}, quantity=2)
    keep_base(shop, "500.00")
    found = quote_configuration(row, expires_in=DAY)
    told = verify(shop, found.signed.token)

    assert Decimal(found.signed.claims["total"]) == row.total
    assert found.signed.token != row.quote
    assert (told.changed, told.claims.configuration) == (("price",), row.public_id)


def test_a_completed_configuration_is_not_quoted_at_another_price_than_its_own(shop):
    row = complete_choices(offer(), {})
    Configuration.objects.update(total=Decimal("1.00"))
    row.refresh_from_db()

    with pytest.raises(NotReady, match="quote its choices anew"):
        quote_configuration(row)


def test_a_stored_configuration_remembers_who_asked(shop):
    TaxRate.objects.create(merchant=shop, country="FR", rate=Decimal(20))
    forget_all()
    row = save(offer(buyer=Buyer(country="FR", customer="c-7")), {})
    complete(row)
    claims = verify(shop, row.quote).claims

    assert claims.buyer == {"country": "FR", "customer": "c-7"}
    assert Decimal(claims.tax) == (Decimal(claims.gross) / 6).quantize(Decimal("0.01"))


def test_an_open_configuration_that_is_ready_can_be_quoted_and_stays_open(shop):
    row = save(offer(), {})
    found = quote_configuration(row)
    row.refresh_from_db()

    assert verify(shop, found.signed.token).valid
    assert (row.state, row.quote, row.revision) == ("open", "", 1)


def test_an_open_configuration_is_verified_against_the_prices_it_has_and_says_so(shop):
    row = save(offer(), {})
    keep_base(shop, "500.00")
    found = quote_configuration(row)
    assert (found.against, found.kept_until) == ("kept", row.priced_at + timedelta(days=30))
    assert verify(shop, found.signed.token).changed == ()
    complete(row)
    row.refresh_from_db()
    assert quote_configuration(row).against == "now"
    assert verify(shop, found.signed.token).changed == ("price",)


# ---- the age of prices ---------------------------------------------------------------------------


def test_the_price_of_an_open_configuration_has_an_age(shop, clock):
    row = save(offer(), {})
    before = row.total
    keep_base(shop, "500.00")
    clock.goes_on(days=29)
    assert evaluation_of(row).breakdown.total == before
    clock.goes_on(days=1)
    assert evaluation_of(row).breakdown.total == before + Decimal("210.00")
    assert Decimal(quote_configuration(row).signed.claims["total"]) == before + Decimal("210.00")
    complete(row)
    assert (row.total, row.repriced_from) == (before + Decimal("210.00"), before)
    assert Decimal(verify(shop, row.quote).claims.total) == row.total


def test_a_choice_in_an_old_configuration_is_priced_anew_and_then_keeps_its_price(shop, clock):
    row = save(offer(), {})
    before = row.total
    keep_base(shop, "500.00")
    clock.goes_on(days=31)
    choose(row, {"frame": "steel"})
    assert row.repriced_from == before
    keep_base(shop, "600.00")
    clock.goes_on(days=29)
    assert evaluation_of(row).breakdown.total == row.total


def test_a_merchant_says_how_long_configurations_keep_prices(shop, clock):
    QuoteTerms.objects.create(merchant=shop, open_days=2)
    row = save(offer(), {})
    keep_base(shop, "500.00")
    clock.goes_on(days=2)
    assert evaluation_of(row).breakdown.total == row.total + Decimal("210.00")


def test_what_is_completed_keeps_its_price_and_a_copy_of_it_does_not(shop, clock):
    row = complete_choices(offer(), {})
    keep_base(shop, "500.00")
    clock.goes_on(days=700)
    assert evaluation_of(row).breakdown.total == row.total
    assert copied(row).total == row.total + Decimal("210.00")


def test_a_copy_is_as_old_as_what_it_is_copied_from(shop, clock):
    row = complete_choices(offer(), {})
    keep_base(shop, "500.00")
    clock.goes_on(days=20)
    copy = copied(row)
    assert copy.total == row.total
    clock.goes_on(days=11)
    assert evaluation_of(copy).breakdown.total == row.total + Decimal("210.00")


def test_an_old_configuration_whose_list_is_gone_has_no_price_and_says_why(shop, clock):
    row = save(offer(price_list="trade"), {})
    PriceList.objects.filter(key="trade").delete()
    clock.goes_on(days=31)
    with pytest.raises(NotReady, match="no price list 'trade'"):
        complete(row)


def test_a_renewed_price_at_the_same_total_tells_of_no_other(shop, clock):
    row = save(offer(), {})
    clock.goes_on(days=31)
    complete(row)
    assert row.repriced_from is None


def test_one_that_is_not_ready_cannot(shop):
    with pytest.raises(NotReady):
        quote_configuration(save(offer(), {"top": "oak", "engraved": True}))


def test_the_claims_are_those_that_are_described(shop):
    row = complete_choices(offer(buyer=Buyer(country="DE")), {})
    header = unverified(row.quote)
    claims = verify(shop, row.quote).claims

    assert header.kid == shop.signing_keys.get().kid
    assert set(claims.model_dump()) == set(Claims.model_fields)


# ---- prices by hand, and on request --------------------------------------------------------------


def taken_off(percent=10):
    at = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    return Override("discount", "A loyal customer.", "maria", at, percent=Decimal(percent))


def test_a_price_by_hand_is_what_is_signed_and_stays_what_the_same_choices_come_to(shop):
    row = save(offer(), {"frame": "oak"})
    listed = row.total
    override_price(row, taken_off())
    quoted = quote_configuration(row).signed
    complete(row)

    assert (
        quoted.claims["total"]
        == verify(shop, row.quote).claims.total
        == str(row.total.quantize(Decimal("0.01")))
    )
    assert row.total < listed
    assert verify(shop, row.quote).changed == ()


def test_a_price_by_hand_that_was_revoked_is_told_as_a_changed_price(shop):
    row = save(offer(), {"frame": "oak"})
    listed = row.total
    override_price(row, taken_off())
    quoted = quote_configuration(row).signed
    revoke_override(row, "maria")
    found = verify(shop, quoted.token)

    assert (found.valid, found.changed) == (True, ("price",))
    assert Decimal(found.now.quote.signed.claims["total"]) == listed
    assert found.now.difference == listed - Decimal(quoted.claims["total"])


def test_what_has_its_price_on_request_is_completed_without_a_quote(shop):
    PriceList.objects.filter(merchant=shop).update(on_request=True)
    keep_base(shop, "-100000")
    row = save(offer(), {"frame": "oak"})
    with pytest.raises(NotReady, match="on request"):
        quote_configuration(row)
    with pytest.raises(NotReady, match="on request"):
        quote(offer(), {"frame": "oak"})
    complete(row)

    assert (row.is_completed, row.quote) == (True, "")
