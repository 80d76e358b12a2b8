"""What pages call KPIs and their inputs, and how they write their formulas."""

from __future__ import annotations

from tracker.catalogue import N_

#: KPIs of money: what it is per, and the formula in words.
COSTS: dict[str, tuple[str, str]] = {
    "cpv": (N_("view"), N_("cost ÷ views")),
    "cpm_views": (N_("1,000 views"), N_("cost ÷ views × 1,000")),
    "cpm": (N_("1,000 impressions"), N_("cost ÷ impressions × 1,000")),
    "cpe": (N_("engagement"), N_("cost ÷ engagements")),
    "cpr": (N_("account reached"), N_("cost ÷ reach")),
    "cpc": (N_("click"), N_("cost ÷ clicks")),
    "cpp": (N_("post"), N_("cost ÷ posts")),
    "cpl": (N_("lead"), N_("cost ÷ leads")),
    "cpl_new": (N_("lead of a new customer"), N_("cost ÷ leads of new customers")),
    "cpa": (N_("sale"), N_("cost ÷ sales")),
    "cac": (N_("new customer"), N_("cost ÷ sales to new customers")),
}
#: Kinds of outcomes, one of them, for what it cost.
ONE: dict[str, str] = {
    "test_drive": N_("test drive"),
    "reservation": N_("reservation"),
    "sign_up": N_("sign-up"),
    "idea": N_("idea"),
    "saving": N_("saving"),
    "decision": N_("decision"),
    "solved": N_("challenge solved"),
    "won": N_("experiment won"),
    "lost": N_("experiment lost"),
    "learned": N_("experiment learned from"),
    "training": N_("training begun"),
    "training_done": N_("training completed"),
    "points": N_("point"),
}
#: Inputs that are amounts of money.
MONEY_INPUTS = frozenset({"cost", "spend", "revenue", "commissions", "benchmark"})
#: KPIs of what came back.
RETURNS: dict[str, tuple[str, str]] = {
    "revenue_roi": (N_("revenue by money spent"), N_("revenue ÷ spend")),
    "roas": (N_("revenue by commissions"), N_("revenue ÷ commissions")),
    "roi": (N_("gain by money spent"), N_("(revenue − spend) ÷ spend")),
    "benchmark_cost_share": (
        N_("cost by that of the benchmark"),
        N_("cost ÷ cost of the benchmark × 100"),
    ),
}
#: Rates of the way from click to sale.
RATES: dict[str, tuple[str, str]] = {
    "click_to_lead": (N_("leads by clicks"), N_("leads ÷ clicks × 100")),
    "leads_per_1000_views": (
        N_("leads by 1,000 views"),
        N_("leads ÷ views × 1,000"),
    ),
    "conquest_rate": (
        N_("leads new to the brand"),
        N_("leads of new customers ÷ leads of known kind × 100"),
    ),
    "reservations_per_lead": (
        N_("reservations by leads"),
        N_("reservations ÷ leads × 100"),
    ),
    "lead_to_sale": (N_("sales by leads"), N_("sales ÷ leads × 100")),
    "click_to_sale": (N_("sales by clicks"), N_("sales ÷ clicks × 100")),
}
#: Inputs of those, inside a sentence.
INPUTS: dict[str, str] = {
    "cost": N_("cost"),
    "spend": N_("money spent"),
    "benchmark": N_("cost of the benchmark"),
    "revenue": N_("value of sales"),
    "commissions": N_("commissions"),
    "views": N_("views"),
    "impressions": N_("impressions"),
    "engagements": N_("engagements"),
    "reach": N_("reach"),
    "clicked": N_("clicks"),
    "clicks": N_("clicks"),
    "link_clicks": N_("clicks"),
    "posts": N_("posts"),
    "leads": N_("leads"),
    "known_leads": N_("leads of known kind"),
    "new_leads": N_("leads of new customers"),
    "sales": N_("sales"),
    "new_customers": N_("sales to new customers"),
    "reservations": N_("reservations"),
}
#: What costs were counted.
BASES: dict[str, str] = {
    "paid + committed": N_("paid and committed costs"),
    "planned": N_("planned costs"),
    "budget": N_("the budget: no cost is known"),
    "link_clicks": N_("clicks on tracked links"),
    "clicks": N_("clicks that the platforms count"),
}
#: Kinds of costs, as a plan has them.
COST_KINDS: dict[str, str] = {
    "fee": N_("fees"),
    "goods": N_("goods"),
    "logistics": N_("logistics"),
    "tool": N_("tools"),
    "media": N_("media"),
    "hours": N_("hours"),
    "other": N_("other costs"),
}
#: What was done about a post's disclosure.
ACTS: dict[str, str] = {
    "notice": N_("told"),
    "reminder": N_("reminded"),
    "fixed": N_("put right"),
    "removed": N_("removed"),
}
#: Rules that say whose a result is.
BY: dict[str, str] = {
    "named": N_("named in the row"),
    "code": N_("by code"),
    "link": N_("by link"),
    "last_click": N_("by the last click"),
    "first_click": N_("by the first click"),
    "split": N_("split"),
    "none": N_("by no rule"),
}
