"""French. Blanks before ; ! ? % : and in numbers are made unbreakable by words.py."""

from __future__ import annotations

#: Of the domain and of figures.
NAMES = {
    "Views": "Vues",
    "Impressions": "Impressions",
    "Reach": "Portée",
    "Likes": "Mentions « j’aime »",
    "Comments": "Commentaires",
    "Shares": "Partages",
    "Quotes": "Citations",
    "Saves": "Enregistrements",
    "Clicks": "Clics",
    "Seconds watched": "Secondes regardées",
    "Posts": "Publications",
    "Leads": "Leads",
    "Test drives": "Essais",
    "Reservations": "Réservations",
    "Sales": "Ventes",
    "Savings": "Économies",
    "Ideas": "Idées",
    "Sign-ups": "Inscriptions",
    "Awareness": "Notoriété",
    "Cost per view": "Coût par vue",
    "Cost per 1,000 views": "Coût pour mille vues",
    "Cost per post": "Coût par publication",
    "Cost per lead": "Coût par lead",
    "Applicants": "Candidatures",
    "Followers": "Abonnés",
    "Ambassador": "Ambassadeur",
    "Ambassadors": "Ambassadeurs",
    "ambassador": "ambassadeur",
    "Post": "Publication",
    "post": "publication",
    "view": "vue",
    "lead": "lead",
    "sale": "vente",
    "1,000 views": "1 000 vues",
    "campaign": "campagne",
    "platform": "plateforme",
    "Mission": "Mission",
    "Missions": "Missions",
    "Platform": "Plateforme",
    "Platforms": "Plateformes",
    "Source": "Source",
    "Sources": "Sources",
    "Handle": "Compte",
    "Accounts": "Comptes",
    "Country": "Pays",
    "measured": "mesuré",
    "reported": "déclaré",
    "estimated": "estimé",
    "unknown": "inconnu",
    "Unknown": "Inconnues",
    "not known": "inconnu",
    "Predictive practitioner": "Praticien prévisible",
    "Creative experimenter": "Expérimentateur créatif",
    "Social media champion": "Champion des médias sociaux",
    "Social media transformer": "Transformateur des médias sociaux",
    "Blogs": "Blogs",
    "Bluesky": "Bluesky",
    "Facebook": "Facebook",
    "Flickr": "Flickr",
    "Instagram": "Instagram",
    "LinkedIn": "LinkedIn",
    "Mastodon": "Mastodon",
    "Pinterest": "Pinterest",
    "Platform not known": "Plateforme inconnue",
    "Reddit": "Reddit",
    "Snapchat": "Snapchat",
    "Threads": "Threads",
    "TikTok": "TikTok",
    "Tumblr": "Tumblr",
    "Twitch": "Twitch",
    "Vimeo": "Vimeo",
    "Web": "Web",
    "X (Twitter)": "X (Twitter)",
    "YouTube": "YouTube",
    "{metric} on {platform}": "{metric} sur {platform}",
}

#: The frame of pages, headings of tables, words of states.
FRAME = {
    "Skip to the report": "Aller au rapport",
    "Pages": "Pages",
    "Sections": "Sections",
    "Campaigns": "Campagnes",
    "All campaigns": "Toutes les campagnes",
    "Campaign report": "Rapport de campagne",
    "Data quality": "Qualité des données",
    "data quality": "qualité des données",
    "Period": "Période",
    "day {n} of {m}": "jour {n} sur {m}",
    "running, day {n} of {m}": "en cours, jour {n} sur {m}",
    "Data as of": "Données arrêtées au",
    "no reading yet": "aucun relevé",
    "time zone": "fuseau",
    "Budget": "Budget",
    "from the plan": "selon le plan",
    "chosen from {n}: {share}": "retenus parmi {n} : {share}",
    "{n} with posts": "{n} avec des publications",
    "Plan": "Plan",
    "{n} of 4 steps filled in": "{n} étapes sur 4 remplies",
    "read the plan": "lire le plan",
    "open": "ouverte",
    "closed": "close",
    "draft": "brouillon",
    "draft: the plan is not complete": "brouillon : le plan n’est pas complet",
    "past": "passée",
    "to come": "à venir",
    "How to read the marks": "Lire les symboles",
    "the platform’s own count": "compté par la plateforme",
    "a person or a publication said so": "saisi, ou dit par une publication",
    "a formula": "par une formule",
    "nobody gave a value; never zero": "aucune valeur reçue ; jamais zéro",
    "Tool": "Outil",
    "Make it again": "Refaire ce rapport",
    "Numbers as files": "Les chiffres en fichiers",
    "All": "Toutes",
    "As files:": "En fichiers :",
    "Benchmark": "Référence",
    "Benchmark:": "Référence :",
    "Class": "Nature",
    "Columns": "Colonnes",
    "Content": "Contenus",
    "Counts": "Compte",
    "Day": "Jour",
    "Due": "Échéance",
    "Figure": "Chiffre",
    "Filter by name": "Filtrer par nom",
    "Filter by text": "Filtrer par texte",
    "every ambassador": "tous les ambassadeurs",
    "every platform": "toutes les plateformes",
    "{n} of {m} posts": "{n} publications sur {m}",
    "First": "La première",
    "Gain": "Gain",
    "gain": "gain",
    "total": "total",
    "Indicators": "Indicateurs",
    "Kind": "Type",
    "Metric": "Mesure",
    "Month": "Mois",
    "Opens": "Ouverture",
    "Published": "Publiée le",
    "Reason": "Motif",
    "Rows": "Lignes",
    "State": "État",
    "Strategy": "Stratégie",
    "Tools": "Outils",
    "Value": "Valeur",
    "What": "Quoi",
    "no": "non",
    "yes": "oui",
    "{n} of {m}": "{n} sur {m}",
    "{n} posts": "{n} publications",
    "{n} ambassadors": "{n} ambassadeurs",
    "{n} unknown": "{n} inconnues",
    "{n} weeks": "{n} semaines",
    "read {day}": "relevé le {day}",
    "read {day}: {n} days old": "relevé le {day}, il y a {n} jours",
    "newest reading {day}": "dernier relevé le {day}",
    "Newest reading": "Dernier relevé",
    "ready": "prête",
    "waits": "en attente",
    "paused": "en pause",
    "stopped": "arrêtée",
    "late": "en retard",
    "when asked": "sur demande",
    "Looked at every": "Relevée toutes les",
    "nothing": "rien",
    "not filled in": "non rempli",
    "Each is shown by its own indicators: a view, a lead and a saving are not added up.":
        "Chacune a ses propres indicateurs : une vue, un lead et une économie"
        " ne s’additionnent pas.",
    "**No campaign yet.** Apply a campaign file, and its pages appear here.":
        "**Aucune campagne.** Appliquez un fichier de campagne, ses pages"
        " apparaîtront ici.",
    "{n} of {m} indicators known": "{n} indicateurs connus sur {m}",
    "{n} of {m} sources stopped": "{n} sources arrêtées sur {m}",
    "{metric} a week, {n} weeks": "{metric} par semaine, {n} semaines",
}

#: The campaign page.
CAMPAIGN = {
    "At a glance": "L’essentiel",
    "Progress": "Progression",
    "Money": "Coûts",
    "Top posts": "Meilleures publications",
    "Sources that disagree": "Sources en désaccord",
    "What we do not know": "Ce que nous ne savons pas",
    "How we know": "D’où vient ce chiffre",
    "How we know: {name}": "D’où vient ce chiffre : {name}",
    "**{people} ambassadors, {posts} posts.**":
        "**{people} ambassadeurs, {posts} publications.**",
    "{metric}: {n}.": "{metric} : {n}.",
    "{metric}.": "{metric}.",
    "{platform}: {metric}.": "{platform} : {metric}.",
    "The budget is {cost}.": "Le budget est de {cost}.",
    "**No post yet.** Nothing is known, and nothing is shown as zero.":
        "**Aucune publication.** Rien n’est connu, et rien n’est montré comme zéro.",
    "Figures with a target: {n}. **Ahead of plan: {a}**, on plan: {b}, behind: {c}."
    " Not known: {d} of {m}.":
        "Chiffres avec un objectif : {n}. **En avance : {a}**, conformes : {b},"
        " en retard : {c}. Inconnus : {d} sur {m}.",
    "No known figure has a target. **Not known: {d} of {m}.**":
        "Aucun chiffre connu n’a d’objectif. **Inconnus : {d} sur {m}.**",
    "{share} of {target}": "{share} de {target}",
    "target {n}": "objectif {n}",
    "no target set": "aucun objectif fixé",
    "on plan ({n})": "conforme ({n})",
    "{n} ahead of plan": "{n} d’avance",
    "{n} behind plan": "{n} de retard",
    "In the last seven days of data": "Sur les sept derniers jours de données",
    "At the pace of the last four weeks, {metric} end at **{mid}** on {day}, between"
    " {low} and {high}. The target is {target}.":
        "Au rythme des quatre dernières semaines ({metric}), le total atteindra"
        " **{mid}** le {day}, entre {low} et {high}. L’objectif est de {target}.",
    "At the pace of the last four weeks, {metric} end at **{mid}** on {day}, between"
    " {low} and {high}. No target is set.":
        "Au rythme des quatre dernières semaines ({metric}), le total atteindra"
        " **{mid}** le {day}, entre {low} et {high}. Aucun objectif n’est fixé.",
    "{metric} stand at **{n}**.": "{metric} : **{n}**.",
    "{metric}, running total": "{metric}, total cumulé",
    "Solid: readings. Dashed: pace, with its band. Dotted: plan. Hatched: days without"
    " a new figure.":
        "Trait plein : relevés. Tirets : rythme et fourchette. Pointillés : plan."
        " Hachures : jours sans nouveau chiffre.",
    "Line chart of {metric}: {n} at the end.": "Courbe ({metric}) : {n} à la fin.",
    "{n} posts known, {m} unknown": "{n} publications connues, {m} inconnues",
    "Gained each day: {metric}": "Gagné chaque jour : {metric}",
    "Line: mean of seven days. Dotted: a mission is due. Hatched: days without a new"
    " figure. A fall is drawn, never removed.":
        "Trait : moyenne sur sept jours. Pointillés : échéance d’une mission."
        " Hachures : jours sans nouveau chiffre. Une baisse est dessinée, jamais"
        " effacée.",
    "Bar chart of daily gains: {metric}.": "Barres des gains quotidiens : {metric}.",
    "The largest fall is {n} on {day}.": "La plus forte baisse est de {n}, le {day}.",
    "There is no fall.": "Il n’y a aucune baisse.",
    "The same as a table, by month": "Les mêmes données en tableau, par mois",
    "Gains by month": "Gains par mois",
    "Total at the end": "Total à la fin",
    "Days outside gaps": "Jours hors manques",
    "The gains add up to the last total: {n}. Daily values:":
        "La somme des gains est le dernier total : {n}. Valeurs quotidiennes :",
    "The other counts, each on its own scale":
        "Les autres compteurs, chacun à son échelle",
    "They are not added up: a view, an impression and a click are different things,"
    " and each platform counts by its own rule. Dotted line: target.":
        "Ils ne s’additionnent pas : une vue, une impression et un clic sont des"
        " choses différentes, et chaque plateforme compte à sa façon. Pointillés :"
        " objectif.",
    "Data as of {day}": "Données au {day}",
    "Target {n} on {day}": "Objectif {n} le {day}",
    "{n} at this pace": "{n} à ce rythme",
    "{day}: {n}, taken back": "{day} : {n}, retirées",
    "no new figure": "aucun nouveau chiffre",
    "Missions, table": "Missions, tableau",
    "**{n} of {m} missions are past their day.**":
        "**Pour {n} missions sur {m}, l’échéance est passée.**",
    "Ambassadors, table": "Ambassadeurs, tableau",
    "Ambassadors, ranked": "Ambassadeurs, classés",
    "Ten ambassadors bring **{share}** of all {metric} (Gini {gini}).":
        "Dix ambassadeurs apportent **{share}** du total ({metric} ; Gini {gini}).",
    "**{n} ambassadors** are enrolled.": "**{n} ambassadeurs** sont inscrits.",
    "{metric} per post": "{metric} par publication",
    "{metric} per post against audience": "{metric} par publication selon l’audience",
    "One dot, one ambassador; logarithmic scales. Orange: most in all, and the two"
    " best per follower.":
        "Un point, un ambassadeur ; échelles logarithmiques. En orange : le plus fort"
        " total, et les deux meilleurs par abonné.",
    "Scatter plot of {metric} per post against followers.":
        "Nuage de points : {metric} par publication selon les abonnés.",
    "{n} of {m} ambassadors: the others lack a value or followers":
        "{n} ambassadeurs sur {m} : il manque aux autres une valeur ou les abonnés",
    "per post": "par publication",
    "per 1,000 followers": "pour 1 000 abonnés",
    "Median ambassador": "Ambassadeur médian",
    "no value given": "aucune valeur donnée",
    "no post": "aucune publication",
    "Unknown: posts without a value in the first column. The curve shows gains by"
    " week, each on its own scale.":
        "Inconnues : publications sans valeur dans la première colonne. La courbe"
        " montre les gains par semaine, chacune à son échelle.",
    "Show all {n}": "Afficher les {n}",
    "Show the first 20": "Afficher les 20 premiers",
    "Platforms, table": "Plateformes, tableau",
    "**{n} platforms, each in its own unit**; of {m} nothing but the posts is known.":
        "**{n} plateformes, chacune dans son unité** ; de {m} on ne connaît que les"
        " publications.",
    "**{n} platforms, each in its own unit.**":
        "**{n} plateformes, chacune dans son unité.**",
    "Known posts": "Publications connues",
    "values of different units are not added":
        "les valeurs d’unités différentes ne s’additionnent pas",
    "The budget of **{cost}** comes from the plan; it is divided by what is known,"
    " never by a guess.":
        "Le budget de **{cost}** vient du plan ; il est divisé par ce qui est connu,"
        " jamais par une supposition.",
    "Costs": "Coûts",
    "Costs, table": "Coûts, tableau",
    "Cost per": "Coût par",
    "This campaign": "Cette campagne",
    "none recorded": "aucune",
    "Its cost is divided by the same counts; it is a claim of the plan, not a"
    " measurement.":
        "Son coût est divisé par les mêmes nombres ; c’est une affirmation du plan,"
        " non une mesure.",
    "Costs are shown with their inputs and never rounded before the page.":
        "Les coûts sont montrés avec leurs données, et arrondis seulement ici.",
    "Top posts, table": "Meilleures publications, tableau",
    "**The {k} with the most {metric}**, of {n}.":
        "**Les {k} avec le plus de {metric}**, sur {n}.",
    "No post has a value yet.": "Aucune publication n’a encore de valeur.",
    "All {n} posts": "Les {n} publications",
    "Sources that disagree, table": "Sources en désaccord, tableau",
    "Published figures differ by up to **{n} times**. This page shows them all and says"
    " which it uses.":
        "Les chiffres publiés varient jusqu’à **{n} fois**. Cette page les montre tous"
        " et dit lequel elle retient.",
    "Published figures, with the one that this page uses.":
        "Les chiffres publiés, et celui que cette page retient.",
    "Each source, divided by the value used here":
        "Chaque source, divisée par la valeur retenue",
    "Filled: used on this page. Scale multiplies.":
        "Point plein : valeur retenue. Échelle logarithmique.",
    "Dot plot of published figures against the value used.":
        "Points : les chiffres publiés par rapport à la valeur retenue.",
    "What the sources say": "Ce que disent les sources",
    "Used here": "Retenu ici",
    "claim not used": "affirmation écartée",
    "our own readings": "nos propres relevés",
    "the plan says so": "selon le plan",
    "none of them: the figure counts as not known":
        "aucun : le chiffre reste inconnu",
    "Sources, table": "Sources, tableau",
    "No source is set up; data came by hand.":
        "Aucune source n’est réglée ; les données sont venues à la main.",
    "**{n} of {m} sources** need a person.":
        "**{n} sources sur {m}** demandent quelqu’un.",
    "All {m} sources are ready.": "Les {m} sources sont prêtes.",
}

#: Gaps, receipts and what figures rest on.
RECEIPTS = {
    "None of these gaps is counted as zero anywhere in this report.":
        "Aucun de ces manques n’est compté comme zéro dans ce rapport.",
    "Every post has a value for every figure shown, and every indicator is known.":
        "Chaque publication a une valeur pour chaque chiffre montré, et chaque"
        " indicateur est connu.",
    "Any figure.": "Le moindre chiffre.",
    "No reading of any post has arrived yet.":
        "Aucun relevé d’une publication n’est encore arrivé.",
    "None of {n} posts has a value: the platform or its source does not give one.":
        "Aucune des {n} publications n’a de valeur : la plateforme ou sa source n’en"
        " donne pas.",
    "{n} posts on {platform} have no value for {metric}.":
        "{n} publications sur {platform} n’ont pas de valeur ({metric}).",
    "They are in no sum.": "Elles ne sont dans aucune somme.",
    "They are in no sum. If each had the median of the others, {metric} would rise by"
    " about {n}.":
        "Elles ne sont dans aucune somme. Si chacune avait la médiane des autres, le"
        " total ({metric}) augmenterait d’environ {n}.",
    "Who saw it.": "Qui les a vues.",
    "Reach cannot be added up: the same person may follow several ambassadors. No total"
    " is shown.":
        "La portée ne s’additionne pas : une même personne peut suivre plusieurs"
        " ambassadeurs. Aucun total n’est affiché.",
    "Reach counts people and cannot be added up over posts.":
        "La portée compte des personnes et ne s’additionne pas sur les publications.",
    "Whose {n} posts are.": "À qui sont {n} publications.",
    "Their handles belong to nobody on the roster. Kept, not counted.":
        "Leurs comptes ne sont à personne de la liste. Gardées, non comptées.",
    "What {n} ambassadors did.": "Ce qu’ont fait {n} ambassadeurs.",
    "No post of theirs is known. That is not the same as none.":
        "Aucune de leurs publications n’est connue. Ce n’est pas la même chose"
        " qu’aucune.",
    "A receipt for each headline. Run the command to list the readings behind it.":
        "Un reçu par chiffre de tête. La commande liste les relevés qui le composent.",
    "Formula": "Formule",
    "Inputs": "Données",
    "In the sum": "Dans la somme",
    "Left out": "Laissé de côté",
    "{n} posts, unknown": "{n} publications, inconnues",
    "Readings": "Relevés",
    "oldest in the sum {a}, newest {b}":
        "le plus ancien de la somme {a}, le plus récent {b}",
    "Meaning": "Sens",
    "Check": "Contrôle",
    "gains of all days add up to it: yes": "la somme des gains quotidiens l’égale : oui",
    "gains of all days add up to it: no": "la somme des gains quotidiens l’égale : non",
    "Age": "Âge",
    "{n} days older than the newest reading":
        "{n} jours de plus que le relevé le plus récent",
    "Why": "Pourquoi",
    "back to the figure": "revenir au chiffre",
    "{metric} on {day}": "{metric} au {day}",
    "total + mean daily gain of 28 days × days left":
        "total + gain moyen de 28 jours × jours restants",
    "Band": "Fourchette",
    "{a} to {b}: slowest and fastest of those four weeks":
        "{a} à {b} : la plus lente et la plus rapide de ces quatre semaines",
    "Note": "Note",
    "an estimate; no season, no end effect": "une estimation ; sans saison ni effet de fin",
    "The plan": "Le plan",
    "sum of the last known value of each post":
        "somme de la dernière valeur connue de chaque publication",
    "posts of enrolled handles within the enrolment that fit the rules":
        "publications des comptes inscrits, pendant l’inscription, selon les règles",
    "value as published": "valeur telle que publiée",
    "cost ÷ views": "coût ÷ vues",
    "cost ÷ views × 1,000": "coût ÷ vues × 1 000",
    "cost ÷ posts": "coût ÷ publications",
    "cost ÷ leads": "coût ÷ leads",
    "No source delivers it yet.": "Aucune source ne le donne encore.",
    "The plan has no budget.": "Le plan n’a pas de budget.",
    "What it is divided by is not known.": "Ce par quoi on divise est inconnu.",
}

#: The pages of posts, quality and ambassadors.
OTHERS = {
    "all posts": "toutes les publications",
    "All posts": "Toutes les publications",
    "Posts, table": "Publications, tableau",
    "**{n} posts**, those with the most {metric} first; posts whose value is not known"
    " come last.":
        "**{n} publications**, d’abord celles avec le plus de {metric} ; celles dont"
        " la valeur est inconnue viennent en dernier.",
    "**{n} posts**; no value is known yet.":
        "**{n} publications** ; aucune valeur n’est encore connue.",
    "These are the first {n}. All of them:": "Voici les {n} premières. Toutes :",
    "What is wrong, late or missing": "Ce qui est faux, en retard ou absent",
    "**{n} sums do not add up**; run tracker verify.":
        "**{n} sommes ne tombent pas juste** ; lancez tracker verify.",
    "**The totals add up.** Kinds of things that wait for a person: {n}. Nothing was"
    " corrected by the tool: it marks, people decide.":
        "**Les totaux tombent juste.** Sortes de choses qui attendent quelqu’un : {n}."
        " L’outil n’a rien corrigé : il signale, les gens décident.",
    "Gains add up to totals": "La somme des gains égale les totaux",
    "{n} sums by campaign, platform and ambassador":
        "{n} sommes par campagne, plateforme et ambassadeur",
    "Rejected rows": "Lignes rejetées",
    "Rejected rows, table": "Lignes rejetées, tableau",
    "in the whole workspace": "dans tout l’espace de travail",
    "Waiting for a person": "En attente d’une personne",
    "Waiting for a person, table": "En attente d’une personne, tableau",
    "How many": "Combien",
    "Effect on the report": "Effet sur le rapport",
    "Next step": "Prochaine étape",
    "Sums that do not add up": "Sommes qui ne tombent pas juste",
    "figures may be wrong": "des chiffres peuvent être faux",
    "Rows rejected": "Lignes rejetées",
    "Files refused": "Fichiers refusés",
    "Refused files": "Fichiers refusés",
    "not counted": "non comptées",
    "Posts of unknown handles": "Publications de comptes inconnus",
    "kept, not counted": "gardées, non comptées",
    "Smaller values of the same moment": "Valeurs plus petites du même moment",
    "shown, not believed": "montrées, non crues",
    "Source {name}": "Source {name}",
    "Nothing.": "Rien.",
    "Proofs": "Preuves",
    "Proofs, table": "Preuves, tableau",
    "The gains of all days, added up, against the last known value of every post."
    " **Computed when this page was made.**":
        "La somme des gains de tous les jours, face à la dernière valeur connue de"
        " chaque publication. **Calculé en faisant cette page.**",
    "By": "Par",
    "Sums compared": "Sommes comparées",
    "Equal": "Égales",
    "{n} hours over its time": "{n} heures de retard",
    "Coverage": "Couverture",
    "Coverage, table": "Couverture, tableau",
    "Posts with a value": "Publications avec une valeur",
    "Posts with a value, by platform and metric. **“None given”** means that no source"
    " gave such a count: it is neither zero nor a gap of ours.":
        "Publications avec une valeur, par plateforme et mesure. **« Non donné »** :"
        " aucune source n’a donné ce compte ; ce n’est ni zéro ni un manque de notre"
        " part.",
    "none given": "non donné",
    "Falls": "Baisses",
    "Falls, table": "Baisses, tableau",
    "**{n} times** a platform’s count went down. Raw readings are never changed, and no"
    " fall is clipped.":
        "**{n} fois**, le compte d’une plateforme a baissé. Les relevés bruts ne sont"
        " jamais modifiés, et aucune baisse n’est coupée.",
    "Change": "Écart",
    "**{n} values** are smaller than another of the same post and moment. Counters only"
    " grow within a moment, so the larger was seen later; the smaller is kept here.":
        "**{n} valeurs** sont plus petites qu’une autre de la même publication au même"
        " moment. Un compteur ne fait que croître dans l’instant : la plus grande a été"
        " vue plus tard ; la plus petite est gardée ici.",
    "Disagreements, table": "Désaccords, tableau",
    "Moment": "Moment",
    "Kept": "Retenue",
    "Smaller": "Plus petite",
    "**{n} rows** of the whole workspace. Each is kept with its file and line.":
        "**{n} lignes** de tout l’espace de travail. Chacune est gardée avec son"
        " fichier et sa ligne.",
    "Unattributed posts": "Publications non rattachées",
    "Unattributed posts, table": "Publications non rattachées, tableau",
    "**{n} posts** belong to handles that nobody on the roster has. {m} posts of"
    " enrolled people lie outside this campaign. Kept, not counted.":
        "**{n} publications** sont de comptes que personne de la liste n’a. {m}"
        " publications de personnes inscrites sont hors de cette campagne. Gardées,"
        " non comptées.",
    "your page": "votre page",
    "**No post of yours is known yet.** That is not the same as none.":
        "**Aucune de vos publications n’est encore connue.** Ce n’est pas la même chose"
        " qu’aucune.",
    "**{n} posts of yours are known.** How often they were seen is not.":
        "**{n} de vos publications sont connues.** Combien de fois elles ont été vues"
        " ne l’est pas.",
    "**{n} posts of yours are known**, with {value} {metric}.":
        "**{n} de vos publications sont connues**, avec {value} {metric}.",
    "none linked": "aucun",
    "This page holds only your own data. Nobody else’s name or figures are on it.":
        "Cette page ne contient que vos données. Ni nom ni chiffre d’une autre personne"
        " n’y figure.",
    "Your missions": "Vos missions",
    "Your counts": "Vos comptes",
    "Each on its own; they are not added up.":
        "Chacun pour soi ; ils ne s’additionnent pas.",
    "{metric} of your posts, running total": "{metric} de vos publications, total cumulé",
    "One line, your own.": "Une seule courbe, la vôtre.",
    "Your posts": "Vos publications",
    "Your posts, table": "Vos publications, tableau",
    "The first {n} of {m}.": "Les {n} premières sur {m}.",
    "What we hold about you": "Ce que nous gardons de vous",
    "Your name, your accounts, your posts and their counts.":
        "Votre nom, vos comptes, vos publications et leurs chiffres.",
    "A copy.": "Une copie.",
    "Ask, and you get all of it as files.":
        "Demandez, et vous recevez tout sous forme de fichiers.",
    "Erasure.": "L’effacement.",
    "Your name and texts go; totals stay, without you.":
        "Votre nom et vos textes disparaissent ; les totaux restent, sans vous.",
    "A mistake.": "Une erreur.",
    "A post missing, or not yours? Tell your contact; older pages are corrected too.":
        "Une publication manque, ou n’est pas de vous ? Dites-le à votre contact ; les"
        " anciennes pages sont corrigées aussi.",
}

WORDS = {**NAMES, **FRAME, **CAMPAIGN, **RECEIPTS, **OTHERS}
