"""What came back: revenue by what was spent, and the way from click to sale."""

from __future__ import annotations

from decimal import Decimal

from tracker.kpi.formula import PERCENT, TIMES, Number, formula, percent, ratio


@formula("revenue / spend", TIMES)
def revenue_roi(revenue: Number, spend: Number) -> Number | None:
    """Revenue for each unit of money spent.

    Source: [GRIN], spend being cash and goods. Others: the gain by spend (roi); with
    earned media value in it ([Later], [Upfluence]).
    """
    return ratio(revenue, spend)


@formula("revenue / commissions", TIMES)
def roas(revenue: Number, commissions: Number) -> Number | None:
    """Revenue for each unit of commission.

    Source: [Dub]. Others: revenue / cost of advertising, or / all costs
    (revenue_roi).
    """
    return ratio(revenue, commissions)


@formula("(revenue - spend) / spend", TIMES)
def roi(revenue: Number, spend: Number) -> Number | None:
    """What was gained for each unit of money spent; -1 when all of it is lost.

    Source: as in accounting. Others: (EMV - expenses) / expenses × 100
    ([Upfluence]); (EMV + conversion value - paid) / paid, before that EMV / paid
    ([Later]); total value / investment ([Aspire]).
    """
    return ratio(Decimal(revenue) - Decimal(spend), spend)


@formula("leads / clicks × 100", PERCENT)
def click_to_lead(leads: Number, clicked: Number) -> Number | None:
    """Leads by clicks (of our links, else of the posts; `basis` says which).

    Source: [Dub], as a ratio. Others: leads / raw clicks.
    """
    return percent(leads, clicked)


@formula("sales / clicks × 100", PERCENT)
def click_to_sale(sales: Number, clicked: Number) -> Number | None:
    """Sales by clicks (of our links, else of the posts; `basis` says which).

    Source: [Dub], as a ratio. Others: conversions of all kinds / clicks.
    """
    return percent(sales, clicked)


@formula("sales / leads × 100", PERCENT)
def lead_to_sale(sales: Number, leads: Number) -> Number | None:
    """Sales by leads. Source: [Dub], as a ratio. Others: of one month's leads only."""
    return percent(sales, leads)


@formula("reservations / leads × 100", PERCENT)
def reservations_per_lead(reservations: Number, leads: Number) -> Number | None:
    """Reservations by leads. Source: our own. Others: reservations / test drives."""
    return percent(reservations, leads)


@formula("leads / views × 1000", "leads")
def leads_per_1000_views(leads: Number, views: Number) -> Number | None:
    """Leads for every 1,000 views. Source: our own. Others: leads / clicks."""
    return ratio(leads, views, 1000)


@formula("leads of new customers / leads of known kind × 100", PERCENT)
def conquest_rate(new_leads: Number, known_leads: Number) -> Number | None:
    """Leads new to the brand, by the leads of whom that is known.

    Source: our own, after Ford's 97 %. Others: by all leads, unknown ones taken for
    customers.
    """
    return percent(new_leads, known_leads)
