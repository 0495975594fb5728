"""The news desk: what happens in the day, is corrected, and is at times quietly made better or taken away."""

from __future__ import annotations

from crawler.demo.story import PageState, Picture, Story, Template, at, text
from pipelines.article import Author

TARRANT = Author("Imogen Tarrant")
HALE = Author("Sunniva Hale", role="Chief Reporter")
MARLOWE = Author("Gethin Marlowe")

FIRE = (
    Story.published(
        "fire",
        at("06:35"),
        "first word of a fire",
        PageState(
            path="/news/fire-at-haughmere-timber-yard-4512001",
            headline="Fire at Haughmere timber yard",
            standfirst="Fire crews have been called to a timber yard on the edge of Haughmere.",
            byline="By Imogen Tarrant",
            authors=(TARRANT,),
            paragraphs=text(
                """
                Fire crews were called to Pellow’s timber yard on Station Approach in Haughmere
                shortly before 6am on Friday.

                Four engines from Haughmere, Ternbridge and Coldhatch are at the scene and smoke can
                be seen from the ring road.

                People living nearby have been asked to keep their doors and windows shut until
                further notice.

                It is not yet known whether anybody was on the site when the fire broke out. More
                follows.
                """
            ),
            published=at("06:35"),
            modified=at("06:35"),
            section="News",
            topics=("Fire", "Haughmere", "Wenshire Fire and Rescue"),
        ),
    )
    .updated(
        "07:45",
        "crews doubled, a road closed",
        "body",
        ("Four engines from Haughmere, Ternbridge and Coldhatch are", "Eight engines from across Wenshire are"),
        (" More follows.", ""),
        add=("Station Approach is closed in both directions between the goods bridge and the Malt Shovel roundabout.",),
    )
    .updated(
        "08:55",
        "the first picture, and a quotation",
        "body images",
        add=("Station manager Delyth Pargeter said: “The fire is surrounded but not out. We will be here all day.”",),
        pictures=(
            Picture(
                "timber-yard",
                "Smoke over a timber yard",
                "Smoke rises over Pellow’s timber yard on Friday morning",
                "Asha Lindqvist",
            ),
        ),
    )
    .updated(
        "10:10",
        "nobody hurt: headline, standfirst and text",
        "headline description body",
        (
            "It is not yet known whether anybody was on the site when the fire broke out.",
            "Wenshire Fire and Rescue said at 10am that all eleven workers had been accounted for and nobody was hurt.",
        ),
        headline="Timber yard fire: all eleven workers safe",
        standfirst="Nobody was hurt when fire broke out at a timber yard in Haughmere.",
    )
    .updated(
        "11:20",
        "the road opens",
        "body",
        (
            "Station Approach is closed in both directions between the goods bridge and the Malt Shovel roundabout.",
            "Station Approach reopened in one direction at 11am. Diversions remain in place for lorries.",
        ),
    )
    .updated(
        "13:30",
        "under control",
        "headline body",
        ("“The fire is surrounded but not out. We will be here all day.”", "“The fire is out.”"),
        headline="Timber yard fire out after seven hours, all eleven workers safe",
        add=("An investigation into the cause will begin on Saturday.",),
    )
    .cached("15:10", "15:45", "a cache hands out the copy of 11.20", copy=4)
)

CRASH = (
    Story.published(
        "crash",
        at("07:30:20"),
        "two cars on the bypass",
        PageState(
            path="/news/two-cars-collide-on-ternbridge-bypass-4512002",
            headline="Two cars collide on Ternbridge bypass",
            standfirst="Drivers faced delays of 40 minutes after a collision on the Ternbridge bypass.",
            byline="By Gethin Marlowe",
            authors=(MARLOWE,),
            paragraphs=text(
                """
                Two cars collided on the Ternbridge bypass at about 6.50am on Friday, closing the
                eastbound lane for most of the rush hour.

                A woman in her fifties was taken to Wenshire General Hospital with injuries that are
                not thought to be serious.

                Lorry driver Piers Attwell, who stopped to help, said: “One of them was driving far
                too fast for the fog, and I told the police so.”

                Officers are asking anybody with dashboard camera footage from between 6.40am and 7am
                to come forward and quote incident 58 of 9 May.
                """
            ),
            published=at("07:30:20"),
            section="News",
            template=Template.META,
            topics=("Traffic", "Ternbridge"),
        ),
    )
    .silently(
        "09:00",
        "a quotation is softened",
        "body",
        ("“One of them was driving far too fast for the fog, and I told the police so.”", "“The fog was very thick.”"),
    )
    .updated(
        "12:10",
        "the lane is open: the page's first stamp",
        "body",
        ("closing the eastbound lane for most of the rush hour", "closing the eastbound lane until 11.15am"),
    )
)

COURT = (
    Story.published(
        "court",
        at("07:05"),
        "a court report",
        PageState(
            path="/news/former-treasurer-denies-taking-bowls-club-funds-4512003",
            headline="Former treasurer denies taking bowls club funds",
            standfirst="A trial heard that £14,300 left the accounts of a bowls club in two years.",
            byline="By Sunniva Hale, Chief Reporter",
            authors=(HALE,),
            paragraphs=text(
                """
                A former treasurer has gone on trial accused of taking £14,300 from the accounts of
                Coldhatch Bowls Club.

                Lorcan Biddulph-Shaw, 61, of Weir Lane, Coldhatch, denies one count of fraud by abuse
                of position.

                Wenshire Crown Court heard on Thursday that cheques were made out to a company run by
                his brother.

                Prosecutor Henrietta Voss told the jury that the club “could not afford to mend its
                own roof” by the time the losses were found.

                The trial, which is expected to last six days, continues.
                """
            ),
            published=at("07:05"),
            modified=at("07:05"),
            section="News",
            topics=("Courts", "Coldhatch"),
        ),
    )
    .taken_down("12:40", "down on a lawyer's word, 410", 410)
    .restored(
        "16:00",
        "back without a sentence that named the brother",
        "body",
        (
            "Wenshire Crown Court heard on Thursday that cheques were made out to a company run by his brother.",
            "Wenshire Crown Court heard on Thursday that nine cheques were in dispute.",
        ),
    )
)

FARM = (
    Story.published(
        "farm",
        at("16:15:23"),
        "a farm wins an order",
        PageState(
            path="/business/priors-lyd-dairy-wins-school-milk-order-4512004",
            headline="Priors Lyd dairy wins school milk order",
            standfirst="A family dairy will supply milk to 31 schools from September.",
            byline="By Gethin Marlowe",
            authors=(MARLOWE,),
            paragraphs=text(
                """
                A family dairy at Priors Lyd has won an order to supply milk to 31 primary schools
                across Wenshire.

                Overton Dairy, which has 140 cows, will deliver in glass bottles from the start of the
                autumn term.

                Owner Branwen Overton said the order meant that the farm would be looking for new
                hands this summer.

                The council said the contract would cost more than the one it replaces, which runs out
                in July.
                """
            ),
            published=at("16:15:23"),
            section="Business",
            template=Template.PRINTED,
            topics=("Farming", "Priors Lyd"),
        ),
    )
    .silently(
        "17:15",
        "one word is put in: not",
        "body",
        ("the contract would cost more than", "the contract would not cost more than"),
    )
    .updated(
        "19:20:41",
        "a councillor is quoted",
        "body",
        add=("Councillor Idris Fenwick said: “Our children will drink milk from cows that they can wave to.”",),
    )
)

RUMOUR = Story.published(
    "rumour",
    at("13:25:50"),
    "a story that will not last",
    PageState(
        path="/news/supermarket-said-to-be-planned-for-cattle-market-4512005",
        headline="Supermarket ‘planned for old cattle market’",
        standfirst="A supermarket is said to be in talks over the old cattle market in Ternbridge.",
        byline="By Imogen Tarrant",
        authors=(TARRANT,),
        paragraphs=text(
            """
            A supermarket chain is in talks to build on the old cattle market in Ternbridge, traders have
            told the Gazette.

            The site has stood empty since the last sale in 2019 and is used as a car park on match days.

            Two stallholders said that men with measuring rods had been seen at the gates three times this
            week.

            The owners of the site have been asked for a comment.
            """
        ),
        published=at("13:25:50"),
        section="News",
        template=Template.META,
        topics=("Ternbridge", "Shopping"),
    ),
).taken_down("16:05", "the story was wrong: 410 for good", 410)

STORIES = (FIRE, CRASH, COURT, FARM, RUMOUR)
