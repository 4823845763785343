from __future__ import annotations

from audit.reading import extract, facts
from brokerspec.audit.facts import Facts, Row, Table


def rows(table: Table) -> list[tuple[str, str, bool | None, str]]:
    return [(row.name, row.type, row.is_required, row.description) for row in table.rows]


def only(found: Facts) -> Table:
    (table,) = found.tables
    return table


def test_tables_with_pipes_whose_rows_are_split() -> None:
    head, body, answer, holding = extract("ruled").tables
    assert [(one.title, one.direction, len(one.rows)) for one in (head, body, answer, holding)] == [
        ("HEADER", "request", 2),
        ("BODY", "request", 1),
        ("BODY", "response", 3),
        ("Holding", "response", 2),
    ]
    assert head.headings == (
        "Field Name",
        "Description",
        "Data Type (max length)",
        "Validation",
        "Sample Value",
    )
    assert rows(body) == [("ClientCode", "String (8)", None, "Code of the account")]
    status, message, holdings = answer.rows
    assert status.values == ("0", "1", "2", "-1", "-2", "9")
    assert status.meanings[4] == "403 : Not allowed"
    assert message.values == ("Wrong head", "Wrong body", "Success", "403 : Not allowed")
    assert (holdings.line, holdings.type, holdings.values) == (39, "list", ())


def test_tables_with_one_cell_to_a_line() -> None:
    login, answer, query, bad, values = extract("stacked").tables
    assert rows(login) == [
        ("secretKey", "string", None, "The key to prove who asks, which must stay secret"),
        ("source", "string", None, ""),
    ]
    assert login.rows[1].values == ("API", "WEB")
    assert rows(answer) == [
        ("type", "string", None, "Kind of answer"),
        ("code", "string", None, ""),
    ]
    assert rows(query) == [
        ("appOrderID", "DT_OrderID", True, "Number of the order"),
        ("ClientID", "DT_ClientID", False, ""),
    ]
    assert (query.title, query.direction) == ("REQUEST IN QUERY PARAMETER", "request")
    assert (bad.title, bad.section) == ("BadRequestRes", "Protocol Structure")
    assert values.rows[1].values == ("StopLimit", "Limit", "Market")


def test_tables_whose_columns_have_run_together() -> None:
    request, answer, history, positions = extract("worded").tables
    assert [(row.name, row.is_required, row.values) for row in request.rows] == [
        ("uid", True, ()),
        ("ret", True, ("DAY", "IOC")),
        ("prd", True, ("C", "I")),
        ("AMO", True, ("Yes", "NO")),
        ("trantype", True, ("B", "S")),
        ("ordersource", True, ()),
        ("remarks", False, ()),
    ]
    assert rows(answer) == [
        ("stat", "string", None, "Status"),
        ("exarr", "array", None, "Array of Exchanges"),
    ]
    assert [row.name for row in history.rows] == ["stat", "ret", "ls"]
    assert history.rows[0].values == ("Ok", "Not_Ok")
    assert [row.name for row in positions.rows] == ["prd", "openbuyqty", "mult", "request_time"]


def test_tables_of_a_library_with_cells_left_out() -> None:
    methods, session, statuses, login = extract("signed").tables
    assert [row.name for row in methods.rows] == ["an_api.TradeApi", "login"]
    assert rows(session) == [
        ("access_token", "str", None, ""),
        ("userid", "str", None, ""),
        ("host", "str", False, "Where to go [optional]"),
    ]
    assert [row.name for row in statuses.rows] == ["200", "401"]
    assert [row.name for row in login.rows] == ["password", "pin"]
    assert [one.section for one in (session, statuses, login)] == [
        "an_api.TradeApi",
        "an_api.TradeApi",
        "login",
    ]


def test_a_table_in_columns() -> None:
    table = only(
        facts(
            """
            Name        Type      Required    Description
            side        string    yes         BUY or SELL
            quantity    int       no          Number of shares that
                                              are to be bought
            price       double    yes

            The rest is prose.
            """
        )
    )
    assert rows(table) == [
        ("side", "string", True, "BUY or SELL"),
        ("quantity", "int", False, "Number of shares that are to be bought"),
        ("price", "double", True, ""),
    ]
    assert table.rows[0].values == ("BUY", "SELL")


def test_a_table_with_tabs() -> None:
    table = only(facts("Parameter\tType\tMandatory\nside\tstring\tY\nqty\t\tN\n"))
    assert rows(table) == [("side", "string", True, ""), ("qty", "", False, "")]


def test_a_table_of_markdown_with_an_escaped_pipe() -> None:
    table = only(facts("| Name | Type | Optional |\n|:---|---|---|\n| `a` | x \\| y | yes |"))
    assert table.rows == (Row(3, "a", "x | y", False, "", (), ()),)


def test_a_table_without_a_rule_under_its_header() -> None:
    table = only(facts("Field | Type | Description\nside | string | What to do\nEnd of it"))
    assert rows(table) == [("side", "string", None, "What to do")]


def test_a_page_break_inside_a_table_is_passed_over() -> None:
    table = only(facts("Name | Type |\n---|---|\na | int |\nPage 2 of 9\nb | int |\nEnd"))
    assert [row.name for row in table.rows] == ["a", "b"]


def test_what_is_required_is_read_in_many_spellings() -> None:
    source = "Name | Required |\n---|---|\n" + "\n".join(
        f"f{index} | {word} |"
        for index, word in enumerate(("Mandatory", "O", "true", "Not required", "maybe"))
    )
    assert [row.is_required for row in only(facts(source)).rows] == [True, False, True, False, None]
    starred = only(facts("Name | Type |\n---|---|\na* | int |\nb [optional] | int |"))
    assert [(row.name, row.is_required) for row in starred.rows] == [("a", True), ("b", False)]


def test_prose_about_types_is_no_table() -> None:
    assert facts("Name and type of the field.\nThe value is a string.").tables == ()
    assert facts("Method URL\nGET /orders").tables == ()


def test_a_table_without_names_is_listed_as_unread() -> None:
    (unread,) = facts(
        "Name | Type |\n---|---|\nA row may hold a whole sentence of words | int |"
    ).unread
    assert unread.line == 1
