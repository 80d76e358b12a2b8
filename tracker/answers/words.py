"""Questions with their formula and the command behind them, for the catalogue."""

from __future__ import annotations

from tracker.catalogue import N_

#: Question: title, formula, command.
WORDS: dict[str, tuple[str, str, str]] = {
    # practical
    "responses": (
        N_("How many answers did the challenges get?"),
        N_("posts that fit the mission"),
        "tracker mission list {id}",
    ),
    "first-response": (
        N_("How long until the first answer?"),
        N_("median of (first fitting post - opening of the mission)"),
        "tracker mission list {id}",
    ),
    "decision-time": (
        N_("How long until it was decided?"),
        N_("median of (decision - opening of the mission)"),
        "tracker outcome list {id}",
    ),
    "solve-rate": (
        N_("How many challenges were solved?"),
        N_("solved / ended"),
        "tracker outcome list {id}",
    ),
    "ideas": (
        N_("How many ideas were taken up?"),
        N_("sum of outcomes of kind idea"),
        "tracker outcome list {id}",
    ),
    "cost-per-idea": (
        N_("What did an idea that was taken up cost?"),
        N_("cost / ideas"),
        "tracker cost list {id}",
    ),
    "contributors": (
        N_("Who contributed most?"),
        N_("points of each, or posts where no points are kept"),
        "tracker outcome list {id}",
    ),
    "levels": (
        N_("How far have members come?"),
        N_("members by group"),
        "tracker ambassador list --campaign {id}",
    ),
    # creative
    "adoption": (
        N_("How many of the staff are members?"),
        N_("members / staff"),
        "tracker outcome list {id}",
    ),
    "joiners": (
        N_("How many join in a week?"),
        N_("median of the last four weeks"),
        "tracker outcome list {id}",
    ),
    "contributions": (
        N_("How much does an active member contribute?"),
        N_("posts / members with a post"),
        "tracker totals {id} --by ambassador",
    ),
    "answer-rate": (
        N_("How many requests for expertise were answered?"),
        N_("answered / items"),
        "tracker feedback list --campaign {id}",
    ),
    "answer-time": (
        N_("How long until an answer?"),
        N_("median of (answer - request)"),
        "tracker feedback list --campaign {id}",
    ),
    "experiments": (
        N_("What became of the experiments?"),
        N_("missions by the outcome that ended them"),
        "tracker outcome list {id}",
    ),
    "avoided-claimed": (
        N_("Costs avoided, as claimed"),
        N_("sum of outcomes of kind saving with status claimed"),
        "tracker outcome list {id}",
    ),
    "avoided-verified": (
        N_("Costs avoided, verified"),
        N_("sum of outcomes of kind saving with status verified"),
        "tracker outcome list {id}",
    ),
    # transformative
    "fresh-status": (
        N_("Who says what they work on now?"),
        N_("enrolled with a status fresher than 14 days / enrolled"),
        "tracker export posts",
    ),
    "cross-site": (
        N_("Do sites answer each other?"),
        N_("replies to another site / replies"),
        "tracker export posts",
    ),
    "executive-response": (
        N_("How soon do executives answer?"),
        N_("median of (answer - comment)"),
        "tracker feedback list --campaign {id}",
    ),
    "decision-rate": (
        N_("How often does a comment change a decision?"),
        N_("decisions / comments"),
        "tracker outcome list {id}",
    ),
    "training": (
        N_("How many completed the training?"),
        N_("training_done / training"),
        "tracker outcome list {id}",
    ),
    # champion
    "cost-per-view": (
        N_("Cost of a view"),
        N_("cost / views"),
        "tracker kpi {id} cpv",
    ),
    "cost-per-1000-views": (
        N_("Cost of 1,000 views"),
        N_("cost / views * 1000"),
        "tracker kpi {id} cpm_views",
    ),
    "cost-per-item": (
        N_("Cost of an item"),
        N_("cost / posts"),
        "tracker kpi {id} cpp",
    ),
    "cost-per-lead": (
        N_("Cost of a lead"),
        N_("cost / leads"),
        "tracker kpi {id} cpl",
    ),
    "cost-per-new-lead": (
        N_("Cost of a lead who is no customer yet"),
        N_("cost / new leads"),
        "tracker kpi {id} cpl_new",
    ),
    "items-per-ambassador": (
        N_("Items of an ambassador"),
        N_("posts / enrolled"),
        "tracker kpi {id} posts_per_ambassador",
    ),
    "views-per-ambassador": (
        N_("Views of an ambassador"),
        N_("views / enrolled"),
        "tracker kpi {id} views_per_ambassador",
    ),
    "views-per-item": (
        N_("Views of an item"),
        N_("views / posts"),
        "tracker kpi {id} cpv cpp",
    ),
    "views-per-known-item": (
        N_("Views of an item whose views are known"),
        N_("views / posts with known views"),
        "tracker kpi {id} views_per_post",
    ),
    "leads-per-1000-views": (
        N_("Leads from 1,000 views"),
        N_("leads / views * 1000"),
        "tracker kpi {id} leads_per_1000_views",
    ),
    "selection": (
        N_("Selected of those who applied"),
        N_("enrolled / applicants"),
        "tracker kpi {id} selection_rate",
    ),
    "reservations-per-lead": (
        N_("Reservations of a lead"),
        N_("reservations / leads"),
        "tracker kpi {id} reservations_per_lead",
    ),
    "conquest": (
        N_("Leads who were no customers"),
        N_("new leads / leads of known kind"),
        "tracker kpi {id} conquest_rate",
    ),
    "against-benchmark": (
        N_("Cost against a traditional campaign"),
        N_("cost / cost of the benchmark"),
        "tracker kpi {id} benchmark_cost_share",
    ),
    "posts-against-due": (
        N_("Posts on missions against those due"),
        N_("posts that fit a mission / (missions * enrolled)"),
        "tracker mission list {id}",
    ),
    "items-a-month": (
        N_("Items of an ambassador in a month"),
        N_("posts / enrolled / months of missions"),
        "tracker kpi {id} posts_per_ambassador",
    ),
    "mission-grid": (
        N_("Missions delivered on time"),
        N_("on time / assigned"),
        "tracker mission grid {id}",
    ),
    "league": (
        N_("Who brought the most views?"),
        N_("last known views of each ambassador's posts, the five highest"),
        "tracker totals {id} --by ambassador",
    ),
    "channels": (
        N_("What came by which channel?"),
        N_("last known figures of each platform's posts"),
        "tracker totals {id} --by platform",
    ),
    "phases": (
        N_("How do its phases compare?"),
        N_("claims of the plan whose metric begins with “phase.”"),
        "tracker claim list {id}",
    ),
    "awareness-cost": (
        N_("Awareness beside its cost"),
        N_("share of yes in the last wave, and cost"),
        "tracker survey list {id}",
    ),
    "goal": (
        N_("Of the goal:"),
        N_("outcomes / target of the plan"),
        "tracker outcome list {id}",
    ),
    "growth": (
        N_("Growth of views between published counts"),
        N_("later / earlier - 1"),
        "tracker campaign show {id}",
    ),
    "survey": (
        N_("What surveys found last"),
        N_("share of yes in the last wave"),
        "tracker survey list {id}",
    ),
    # every programme
    "feedback-closure": (
        N_("How much feedback was answered?"),
        N_("answered / items"),
        "tracker feedback list --campaign {id}",
    ),
    "claims": (
        N_("Which published figures disagree?"),
        N_("metrics of the plan's claims with more than one value"),
        "tracker claim list {id}",
    ),
    "plan-complete": (
        N_("Is the plan complete, and can every indicator be fed?"),
        N_("pieces missing in the four steps + indicators without a source"),
        "tracker campaign check {id}",
    ),
    "targets": (
        N_("Which targets are reached?"),
        N_("value / target; target / value where less is better"),
        "tracker kpi {id}",
    ),
}
#: What a cost is made of.
BASES = {"paid + committed": N_("paid + committed"), "planned": N_("planned")}
