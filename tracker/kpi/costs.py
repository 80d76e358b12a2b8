"""What one of something cost. Money is exact; only a page rounds."""

from __future__ import annotations

from decimal import Decimal

from tracker.kpi.formula import MONEY, PERCENT, Number, formula, percent, ratio


def per(cost: Decimal, count: int | Decimal | None, units: int = 1) -> Decimal | None:
    """Cost of `units` of something; None when its number is unknown or zero."""
    return cost * units / Decimal(count) if count else None


@formula("cost / impressions × 1000", MONEY)
def cpm(cost: Number, impressions: Number) -> Number | None:
    """Cost of 1,000 impressions.

    Source: [Aspire]. Others: by views ([Ace]; here cpm_views); payouts only, no goods
    ([CreatorIQ]).
    """
    return ratio(cost, impressions, 1000)


@formula("cost / views × 1000", MONEY)
def cpm_views(cost: Number, views: Number) -> Number | None:
    """Cost of 1,000 views. Source: [Ace], as CPM. Others: by impressions (cpm)."""
    return ratio(cost, views, 1000)


@formula("cost / engagements", MONEY)
def cpe(cost: Number, engagements: Number) -> Number | None:
    """Cost of an engagement.

    Source: [Aspire], [Later]. Others: of 1,000 engagements ([CreatorIQ]; here
    cpe_1000).
    """
    return ratio(cost, engagements)


@formula("cost / engagements × 1000", MONEY)
def cpe_1000(cost: Number, engagements: Number) -> Number | None:
    """Cost of 1,000 engagements. Source: [CreatorIQ], as CPE. Others: of one (cpe)."""
    return ratio(cost, engagements, 1000)


@formula("cost / views", MONEY)
def cpv(cost: Number, views: Number) -> Number | None:
    """Cost of a view. Source: [Ylytic], [Impulze]. Others: of a view of 30 s."""
    return ratio(cost, views)


@formula("cost / reach", MONEY)
def cpr(cost: Number, reach: Number) -> Number | None:
    """Cost of an account reached; each post's reach counts for itself.

    Source: [Impulze]. Others: by potential reach, the sum of followers ([Traackr]).
    """
    return ratio(cost, reach)


@formula("cost / clicks", MONEY)
def cpc(cost: Number, clicked: Number) -> Number | None:
    """Cost of a click: a unique one of our tracked links, else the posts' own clicks
    where none was counted (`basis` says which).

    Source: [Later]. Others: raw clicks, bots among them.
    """
    return ratio(cost, clicked)


@formula("cost / posts", MONEY)
def cpp(cost: Number, posts: Number) -> Number | None:
    """Cost of a post. Source: [Later], [Ylytic]. Others: posts a contract names."""
    return ratio(cost, posts)


@formula("cost / leads", MONEY)
def cpl(cost: Number, leads: Number) -> Number | None:
    """Cost of a lead. Source: [influencerdb]. Others: verified leads alone."""
    return ratio(cost, leads)


@formula("cost / leads of new customers", MONEY)
def cpl_new(cost: Number, new_leads: Number) -> Number | None:
    """Cost of a lead known to be new to the brand.

    Source: our own, after Ford's leads who owned no Ford. Others: all leads (cpl).
    """
    return ratio(cost, new_leads)


@formula("cost / sales", MONEY)
def cpa(cost: Number, sales: Number) -> Number | None:
    """Cost of a sale, the action that counts here.

    Source: [influencerdb]. Others: of any conversion, leads and sign-ups among them.
    """
    return ratio(cost, sales)


@formula("cost / sales to new customers", MONEY)
def cac(cost: Number, new_customers: Number) -> Number | None:
    """Cost of a sale known to be to a new customer.

    Source: [influencers-time]. Others: all sales (cpa).
    """
    return ratio(cost, new_customers)


@formula("cost / cost of the benchmark × 100", PERCENT, lower=True)
def benchmark_cost_share(cost: Number, benchmark: Number) -> Number | None:
    """The cost, by what the traditional campaign of [benchmark] costs.

    Source: our own. Others: cost for the same impressions.
    """
    return percent(cost, benchmark)
