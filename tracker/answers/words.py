"""Questions in English and French, with their formula and the command behind them."""

from __future__ import annotations

#: Question: English, French, formula, command.
WORDS: dict[str, tuple[str, str, str, str]] = {
    # practical
    "responses": (
        "How many answers did the challenges get?",
        "Combien de réponses aux défis ?",
        "posts that fit the mission",
        "tracker mission list {id}",
    ),
    "first-response": (
        "How long until the first answer?",
        "Combien de temps avant la première réponse ?",
        "median of (first fitting post - opening of the mission)",
        "tracker mission list {id}",
    ),
    "decision-time": (
        "How long until it was decided?",
        "Combien de temps avant la décision ?",
        "median of (decision - opening of the mission)",
        "tracker outcome list {id}",
    ),
    "solve-rate": (
        "How many challenges were solved?",
        "Combien de défis résolus ?",
        "solved / ended",
        "tracker outcome list {id}",
    ),
    "ideas": (
        "How many ideas were taken up?",
        "Combien d’idées retenues ?",
        "sum of outcomes of kind idea",
        "tracker outcome list {id}",
    ),
    "cost-per-idea": (
        "What did an idea that was taken up cost?",
        "Combien a coûté une idée retenue ?",
        "cost / ideas",
        "tracker cost list {id}",
    ),
    "contributors": (
        "Who contributed most?",
        "Qui a le plus contribué ?",
        "points of each, or posts where no points are kept",
        "tracker outcome list {id}",
    ),
    "levels": (
        "How far have members come?",
        "Où en sont les membres ?",
        "members by group",
        "tracker ambassador list --campaign {id}",
    ),
    # creative
    "adoption": (
        "How many of the staff are members?",
        "Quelle part de l’effectif est membre ?",
        "members / staff",
        "tracker outcome list {id}",
    ),
    "joiners": (
        "How many join in a week?",
        "Combien d’adhésions par semaine ?",
        "median of the last four weeks",
        "tracker outcome list {id}",
    ),
    "contributions": (
        "How much does an active member contribute?",
        "Combien contribue un membre actif ?",
        "posts / members with a post",
        "tracker totals {id} --by ambassador",
    ),
    "answer-rate": (
        "How many requests for expertise were answered?",
        "Quelle part des demandes d’expertise a une réponse ?",
        "answered / items",
        "tracker feedback list --campaign {id}",
    ),
    "answer-time": (
        "How long until an answer?",
        "Combien de temps avant une réponse ?",
        "median of (answer - request)",
        "tracker feedback list --campaign {id}",
    ),
    "experiments": (
        "What became of the experiments?",
        "Que sont devenues les expériences ?",
        "missions by the outcome that ended them",
        "tracker outcome list {id}",
    ),
    "avoided-claimed": (
        "Costs avoided, as claimed",
        "Coûts évités, déclarés",
        "sum of outcomes of kind saving with status claimed",
        "tracker outcome list {id}",
    ),
    "avoided-verified": (
        "Costs avoided, verified",
        "Coûts évités, vérifiés",
        "sum of outcomes of kind saving with status verified",
        "tracker outcome list {id}",
    ),
    # transformative
    "fresh-status": (
        "Who says what they work on now?",
        "Qui dit sur quoi il travaille en ce moment ?",
        "enrolled with a status fresher than 14 days / enrolled",
        "tracker export posts",
    ),
    "cross-site": (
        "Do sites answer each other?",
        "Les sites se répondent-ils ?",
        "replies to another site / replies",
        "tracker export posts",
    ),
    "executive-response": (
        "How soon do executives answer?",
        "En combien de temps la direction répond-elle ?",
        "median of (answer - comment)",
        "tracker feedback list --campaign {id}",
    ),
    "decision-rate": (
        "How often does a comment change a decision?",
        "Combien de commentaires mènent à une décision ?",
        "decisions / comments",
        "tracker outcome list {id}",
    ),
    "training": (
        "How many completed the training?",
        "Combien ont terminé la formation ?",
        "training_done / training",
        "tracker outcome list {id}",
    ),
    # champion
    "cost-per-view": (
        "Cost of a view",
        "Coût d’une vue",
        "cost / views",
        "tracker kpi {id} cpv",
    ),
    "cost-per-1000-views": (
        "Cost of 1,000 views",
        "Coût de mille vues",
        "cost / views * 1000",
        "tracker kpi {id} cpm_views",
    ),
    "cost-per-item": (
        "Cost of an item",
        "Coût d’une publication",
        "cost / posts",
        "tracker kpi {id} cpp",
    ),
    "cost-per-lead": (
        "Cost of a lead",
        "Coût d’un contact",
        "cost / leads",
        "tracker kpi {id} cpl",
    ),
    "cost-per-new-lead": (
        "Cost of a lead who is no customer yet",
        "Coût d’un contact qui n’est pas encore client",
        "cost / new leads",
        "tracker kpi {id} cpl_new",
    ),
    "items-per-ambassador": (
        "Items of an ambassador",
        "Publications par ambassadeur",
        "posts / enrolled",
        "tracker kpi {id} posts_per_ambassador",
    ),
    "views-per-ambassador": (
        "Views of an ambassador",
        "Vues par ambassadeur",
        "views / enrolled",
        "tracker kpi {id} views_per_ambassador",
    ),
    "views-per-item": (
        "Views of an item",
        "Vues par publication",
        "views / posts",
        "tracker kpi {id} cpv cpp",
    ),
    "views-per-known-item": (
        "Views of an item whose views are known",
        "Vues par publication dont les vues sont connues",
        "views / posts with known views",
        "tracker kpi {id} views_per_post",
    ),
    "leads-per-1000-views": (
        "Leads from 1,000 views",
        "Contacts pour mille vues",
        "leads / views * 1000",
        "tracker kpi {id} leads_per_1000_views",
    ),
    "selection": (
        "Selected of those who applied",
        "Retenus parmi les candidats",
        "enrolled / applicants",
        "tracker kpi {id} selection_rate",
    ),
    "reservations-per-lead": (
        "Reservations of a lead",
        "Réservations par contact",
        "reservations / leads",
        "tracker kpi {id} reservations_per_lead",
    ),
    "conquest": (
        "Leads who were no customers",
        "Contacts qui n’étaient pas clients",
        "new leads / leads of known kind",
        "tracker kpi {id} conquest_rate",
    ),
    "against-benchmark": (
        "Cost against a traditional campaign",
        "Coût face à une campagne classique",
        "cost / cost of the benchmark",
        "tracker kpi {id} benchmark_cost_share",
    ),
    "posts-against-due": (
        "Posts on missions against those due",
        "Publications rendues face à celles dues",
        "posts that fit a mission / (missions * enrolled)",
        "tracker mission list {id}",
    ),
    "goal": (
        "Of the goal:",
        "De l’objectif :",
        "outcomes / target of the plan",
        "tracker outcome list {id}",
    ),
    "growth": (
        "Growth of views between published counts",
        "Croissance des vues entre chiffres publiés",
        "later / earlier - 1",
        "tracker campaign show {id}",
    ),
    "survey": (
        "What surveys found last",
        "Derniers résultats de sondage",
        "share of yes in the last wave",
        "tracker survey list {id}",
    ),
    # every programme
    "feedback-closure": (
        "How much feedback was answered?",
        "Quelle part des retours a une réponse ?",
        "answered / items",
        "tracker feedback list --campaign {id}",
    ),
    "claims": (
        "Which published figures disagree?",
        "Quels chiffres publiés se contredisent ?",
        "metrics of the plan's claims with more than one value",
        "tracker campaign show {id}",
    ),
}
