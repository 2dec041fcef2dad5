"""Dates and sums as reports write them."""

import pytest

from neagraph.reports.extraction.dates import dates_in
from neagraph.reports.extraction.money import money_in


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("12-13 October 2020", "2020-10-12", "2020-10-13", "day"),
        ("3 and 4 June 2021", "2021-06-03", "2021-06-04", "day"),
        ("30 May to 2 June 2021", "2021-05-30", "2021-06-02", "day"),
        ("30 December 2020 to 2 January 2021", "2020-12-30", "2021-01-02", "day"),
        ("May 30-June 2, 2021", "2021-05-30", "2021-06-02", "day"),
        ("March 5, 2019", "2019-03-05", "2019-03-05", "day"),
        ("5th of March 2019", "2019-03-05", "2019-03-05", "day"),
        ("2021-03-04", "2021-03-04", "2021-03-04", "day"),
        ("Feb. 2024", "2024-02-01", "2024-02-29", "month"),
        ("March-April 2024", "2024-03-01", "2024-04-30", "month"),
        ("November 2023 to January 2024", "2023-11-01", "2024-01-31", "month"),
        ("second quarter of 2023", "2023-04-01", "2023-06-30", "month"),
        ("first half of 2023", "2023-01-01", "2023-06-30", "month"),
        ("summer 2022", "2022-06-01", "2022-08-31", "month"),
        ("end of March 2022", "2022-03-01", "2022-03-31", "month"),
        ("early 2024", "2024-01-01", "2024-12-31", "year"),
        ("2021-2025", "2021-01-01", "2025-12-31", "year"),
        ("2022", "2022-01-01", "2022-12-31", "year"),
        ("2022-23", "2022-01-01", "2023-12-31", "year"),
        ("2022/2023", "2022-01-01", "2023-12-31", "year"),
        ("Q3 2022", "2022-07-01", "2022-09-30", "month"),
        ("the latter half of 2022", "2022-07-01", "2022-12-31", "month"),
    ],
)
def test_date_has_its_first_and_last_day(text, first, last, precision):
    found = dates_in(f"was held in {text}, as planned")
    assert [(d.first, d.last, d.precision) for d in found] == [(first, last, precision)]


@pytest.mark.parametrize(
    "text", ["post-2020 goals", "31 February 2021 AD", "in May", "WG/2021-7", "third half of 12021"]
)
def test_what_is_no_date_is_not_read_as_a_day(text):
    assert [found.precision for found in dates_in(text) if found.precision == "day"] == []


@pytest.mark.parametrize(
    ("text", "value", "currency", "basis"),
    [
        ("US$ 44,985", "44985", "USD", "stated"),
        ("$337,081", "337081", "USD", "inferred"),
        ("1.2 million US dollars", "1200000", "USD", "stated"),
        ("€1.5bn", "1500000000", "EUR", "stated"),
        ("CHF 120,000", "120000", "CHF", "stated"),
        ("2,000 yen", "2000", "JPY", "stated"),
        ("RMB 3.50", "3.5", "CNY", "stated"),
        ("AUD 3 million", "3000000", "AUD", "stated"),
        ("A$ 6,200", "6200", "AUD", "stated"),
        ("250 000 Swiss francs", "250000", "CHF", "stated"),
        ("3,456,000 United States dollars", "3456000", "USD", "stated"),
        ("SEK 3.5 million", "3500000", "SEK", "stated"),
        ("£2.5m", "2500000", "GBP", "inferred"),
        ("7 million Danish kroner", "7000000", "DKK", "stated"),
    ],
)
def test_sum_has_value_and_currency(text, value, currency, basis):
    found = money_in(f"a gift of {text} was made")
    assert [(m.value, m.currency, m.basis) for m in found] == [(value, currency, basis)]
