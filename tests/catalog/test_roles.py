"""Roles and scopes: one table, and the page that tells it."""

from pathlib import Path

import pytest

from catalog.roles import COSTS, ROLES, SCOPES, Role, roles_with, scopes_of

PAGE = Path(__file__).parents[2] / "docs" / "api" / "access.md"


def scope_table():
    """Return the scopes as the page tells them."""
    rows = [f"| `{scope}` | {told} |" for scope, told in SCOPES.items()]
    return "\n".join(["| scope | what it opens |", "| --- | --- |", *rows])


def role_table():
    """Return which role has which scope, as the page tells it."""
    names = [role.label.partition(":")[0].lower() for role in Role]
    rows = [
        f"| `{scope}` | {' | '.join('✓' if scope in ROLES[role] else '' for role in Role)} |"
        for scope in SCOPES
    ]
    return "\n".join([f"| | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}", *rows])


def test_the_page_tells_every_scope_and_role():
    page = PAGE.read_text()
    assert scope_table() in page
    assert role_table() in page


def test_every_role_has_scopes_and_none_that_there_is_not():
    assert ROLES.keys() == set(Role)
    assert all(scopes and scopes <= SCOPES.keys() for scopes in ROLES.values())


def test_an_owner_may_do_everything_and_everybody_less():
    assert ROLES[Role.OWNER] == SCOPES.keys()
    assert all(ROLES[role] < ROLES[Role.OWNER] for role in Role if role != Role.OWNER)


def test_a_viewer_only_reads_and_sees_no_costs():
    assert {scope.partition(":")[2] for scope in ROLES[Role.VIEWER]} == {"read", "evaluate"}
    assert roles_with(COSTS) == {Role.OWNER, Role.PRODUCT_MANAGER, Role.PRICING_MANAGER}


def test_people_are_for_owners():
    assert roles_with("access:people") == {Role.OWNER}


def test_a_role_or_scope_that_there_is_not_opens_nothing():
    assert scopes_of("janitor") == frozenset()
    with pytest.raises(ValueError, match="catalog:erase"):
        roles_with("catalog:erase")
