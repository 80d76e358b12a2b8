"""A campaign with all that KPIs are made of: posts, costs, results, voices."""

from __future__ import annotations

from pathlib import Path

from spring import done
from support import Run

PLAN = """\
[campaign]
id = "c"
timezone = "Europe/Paris"
currency = "EUR"
start = 2026-01-01
end = 2026-12-31
[selection]
applicants = 80
[[indicator]]
id = "views"
metric = "views"
target = 100000
baseline = 0
[[indicator]]
id = "price"
metric = "cpv"
target = "0.01"
[[indicator]]
id = "known"
metric = "awareness"
target = 40
[[indicator]]
id = "leads"
metric = "leads"
target = 20
[[indicator]]
id = "shop"
metric = "sale"
target = 5
[[indicator]]
id = "accounts"
metric = "reach"
target = 5
[[mission]]
id = "one"
opens = 2026-01-01
due = 2026-01-31
hashtags = ["one"]
[[mission]]
id = "two"
opens = 2026-02-01
due = 2026-02-28
hashtags = ["two"]
[[cost]]
id = "all"
date = 2026-01-05
kind = "tool"
amount = "100.00"
state = "paid"
[[cost]]
id = "fee"
date = 2026-02-05
kind = "fee"
amount = "20.50"
state = "committed"
ambassador = "ada"
mission = "two"
[[cost]]
id = "later"
date = 2026-02-06
kind = "fee"
amount = "999"
state = "planned"
[[cost]]
id = "pounds"
date = 2026-02-06
kind = "fee"
amount = "7"
currency = "GBP"
state = "paid"
[[commission]]
kind = "sale"
percent = 10
[[competitor]]
name = "Other"
metric = "views"
value = 400
as_of = 2026-01-01
[[competitor]]
name = "Other"
metric = "views"
value = 500
as_of = 2026-02-01
[[competitor]]
name = "Third"
metric = "views"
value = 1500
as_of = 2026-02-01
[benchmark]
name = "television"
cost = 1205
"""
PEOPLE = """\
id,name,platform,handle,followers
ada,Ada,youtube,ada,
ada,Ada,instagram,ada.i,700
ben,Ben,x,ben,900
cid,Cid,x,cid,
"""
# January to March: y1 and i1 are of both months' missions, x1 lacks its shares
POSTS = """\
platform,handle,post_id,published_at,captured_at,caption,views,likes,comments,shares,reach,impressions,clicks
youtube,ada,y1,2026-01-10,2026-01-11,#one,100,10,5,,,,
youtube,ada,y1,2026-01-10,2026-01-15,#one,900,20,10,,,,
youtube,ada,y1,2026-01-10,2026-02-20,#one,1000,20,10,,,,
youtube,ada,y1,2026-01-10,2026-03-02,#one,1000,40,10,,,,
instagram,ada.i,i1,2026-02-10,2026-02-12,#two,500,50,5,5,400,600,12
instagram,ada.i,i1,2026-02-10,2026-03-02,#two,800,60,10,10,500,800,16
x,ben,x1,2026-02-27,2026-03-02,#two,200,8,3,,,1000,4
"""
OUTCOMES = """\
id,kind,at,campaign,ambassador,quantity,value,currency,status,new_customer
l1,lead,2026-02-01T10:00:00Z,c,ada,6,,,verified,yes
l2,lead,2026-02-02T10:00:00Z,c,ben,2,,,claimed,no
l3,lead,2026-02-03T10:00:00Z,c,,2,,,claimed,
l4,lead,2026-02-03T10:00:00Z,c,ada,90,,,rejected,yes
s1,sale,2026-02-03T10:00:00Z,c,ada,1,301.25,EUR,verified,yes
s2,sale,2026-02-04T10:00:00Z,c,ada,1,,,verified,no
s3,sale,2026-03-04T10:00:00Z,c,ada,1,50,GBP,verified,
"""
SURVEYS = """\
question,wave,asked_from,asked_to,n,yes,share,source
awareness,before,2026-01-01,2026-01-02,400,80,,panel
awareness,after,2026-02-01,2026-02-02,400,120,,panel
taste,once,2026-02-01,2026-02-02,,,50,panel
"""


def gather(workspace: Path, invoke: Run) -> None:
    for name, rows in (
        ("people", PEOPLE),
        ("posts", POSTS),
        ("outcomes", OUTCOMES),
        ("surveys", SURVEYS),
    ):
        (workspace / f"{name}.csv").write_text(rows)
    (workspace / "plan.toml").write_text(PLAN)
    done(invoke, "campaign", "apply", workspace / "plan.toml")
    done(invoke, "ambassador", "import", workspace / "people.csv", "--campaign", "c")
    done(invoke, "ingest", "--file", workspace / "posts.csv")
    done(invoke, "outcome", "import", workspace / "outcomes.csv")
    done(invoke, "survey", "import", workspace / "surveys.csv", "--campaign", "c")
    for words in ("one", "two"):
        done(invoke, "feedback", "add", "--campaign", "c", "--text", words)
    done(invoke, "feedback", "answer", "1", "--text", "thanks")
