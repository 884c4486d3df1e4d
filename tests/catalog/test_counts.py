from catalog.counts import told_count


def test_one_is_told_as_one_and_all_else_as_several() -> None:
    assert [told_count(count, "row") for count in (0, 1, 2, 1200)] == [
        "0 rows",
        "1 row",
        "2 rows",
        "1,200 rows",
    ]
    assert told_count(1, "cell is", "cells are") == "1 cell is"
    assert told_count(2, "cell is", "cells are") == "2 cells are"
