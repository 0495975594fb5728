"""The town desk: schools, the hospital, the bakery; small edits of the kinds that are easily missed."""

from __future__ import annotations

from crawler.demo.story import PageState, Picture, Story, Template, at, text
from pipelines.article import Author

VEY = Author("Clementine Vey")
OKORO = Author("Barnaby Okoro-Lyle")

MUSEUM = (
    Story.published(
        "museum",
        at("11:00", -3),
        "from Tuesday; the page bears no time at all",
        PageState(
            path="/news/future-of-clock-museum-in-the-balance-4511702",
            headline="Future of clock museum in the balance",
            standfirst="Trustees will meet next week to talk about the museum’s future.",
            byline="By Clementine Vey",
            authors=(VEY,),
            paragraphs=text(
                """
                The trustees of Haughmere Clock Museum will meet next week to talk about its future.

                The museum, which keeps 212 clocks in a former chapel, will close on Sundays from
                July.

                Curator Ottoline Frayne said: “We are short of money, and we are short of people who
                can wind them.”

                Visitors are down by a third since the bus from Ternbridge was withdrawn two years
                ago.

                The meeting is open to the public and begins at 7pm.
                """
            ),
            published=at("11:00", -3),
            section="News",
            template=Template.UNDATED,
            topics=("Museum", "Haughmere"),
        ),
    )
    .silently(
        "10:05",
        "one word is put in: not",
        "body",
        ("will close on Sundays from July", "will not close on Sundays from July"),
    )
    .silently(
        "19:45",
        "half a quotation is taken out",
        "body",
        (
            "“We are short of money, and we are short of people who can wind them.”",
            "“We are short of people who can wind them.”",
        ),
    )
)

ALLOTMENT = Story.published(
    "allotment",
    at("16:02:33", -2),
    "from Wednesday; nothing happens to it",
    PageState(
        path="/whats-on/plant-swap-returns-to-priors-lyd-4511884",
        headline="Plant swap returns to Priors Lyd",
        standfirst="Gardeners are asked to bring what they have too much of.",
        byline="By Barnaby Okoro-Lyle",
        authors=(OKORO,),
        paragraphs=text(
            """
            The plant swap at Priors Lyd allotments returns on Sunday 18 May after a break of five years.

            Gardeners are asked to bring what they have too much of, labelled if possible, and to take
            home what they have too little of.

            > Last time we went home with nothing but rhubarb, said one of the organisers, Wilf Amory.

            There will be tea, a tombola and a talk about slugs at 2pm.
            """
        ),
        published=at("16:02:33", -2),
        section="What's On",
        template=Template.PRINTED,
        topics=("Gardening", "Priors Lyd"),
    ),
)

SCHOOL = (
    Story.published(
        "school",
        at("08:35:17"),
        "a school closes for a day",
        PageState(
            path="/news/burst-pipe-closes-ternbridge-primary-school-4512023",
            headline="Burst pipe closes Ternbridge primary school",
            standfirst="Parents were told at 7.30am to keep their children at home.",
            byline="By Clementine Vey",
            authors=(VEY,),
            paragraphs=text(
                """
                A burst pipe has closed Ternbridge Primary School for the day.

                Parents of its 190 pupils were told by text message at 7.30am to keep their children
                at home.

                Head teacher Sorrel Whitcombe said that the hall was under four inches of water and
                that the piano had been saved.

                The school hopes to open again on Monday.
                """
            ),
            published=at("08:35:17"),
            section="News",
            template=Template.PRINTED,
            topics=("Schools", "Ternbridge"),
        ),
    )
    .updated(
        "10:20:48",
        "the closure is made longer",
        "body",
        ("The school hopes to open again on Monday.", "The school will now stay shut until Wednesday."),
    )
    .reverted("11:30:05", "the longer closure was a mistake: the first text under a newer stamp", "body", to=0, stamp="newer")
)

INQUIRY = (
    Story.published(
        "inquiry",
        at("09:10"),
        "an appeal for witnesses",
        PageState(
            path="/news/statue-of-lady-maud-vanishes-from-park-4512022",
            headline="Statue of Lady Maud vanishes from park",
            standfirst="Police have asked for help to find a bronze statue that weighs a quarter of a ton.",
            byline="By Barnaby Okoro-Lyle",
            authors=(OKORO,),
            paragraphs=text(
                """
                Police are looking for a bronze statue that vanished from Castle Park in Haughmere on
                Thursday night.

                Lady Maud, who has stood by the bandstand since 1887, weighs about 250 kilograms.

                Park keeper Aurelio Finch said: “You do not put her under your coat.”

                Anybody who saw a van near the park gates after 11pm is asked to call Wenshire Police.
                """
            ),
            published=at("09:10"),
            modified=at("09:10"),
            section="News",
            topics=("Police", "Haughmere"),
        ),
    )
    .updated(
        "10:25",
        "a van is described",
        "body",
        ("a van near the park gates after 11pm", "a white van near the park gates between 11pm and midnight"),
    )
    .reverted("13:05", "the description is withdrawn, the stamp is left alone", "body", to=0, stamp="same")
)

HOSPITAL = (
    Story.published(
        "hospital",
        at("09:35"),
        "a new ward",
        PageState(
            path="/news/children-s-ward-opens-at-wenshire-general-4512024",
            headline="Children’s ward opens at Wenshire General",
            standfirst="The 18-bed ward was paid for by 11 years of sponsored walks.",
            byline="By Clementine Vey",
            authors=(VEY,),
            paragraphs=text(
                """
                A new children’s ward has opened at Wenshire General Hospital, paid for in part by
                sponsored walks.

                The ward has beds that parents can sleep in, a roof garden and a fish tank with a name
                for every fish.

                Sister Philippa Drury said that the old ward had been “two corridors and a cupboard”.

                The first patient was six-year-old Tomasz Bell, who had come in with a bead in his
                ear.
                """
            ),
            published=at("09:35"),
            modified=at("09:35"),
            section="News",
            topics=("Health",),
        ),
    )
    .silently(
        "12:15",
        "the standfirst is corrected",
        "description",
        standfirst="The 16-bed ward was paid for by 11 years of sponsored walks.",
    )
    .updated(
        "16:10",
        "a second reporter joins the byline",
        "authors",
        byline="By Clementine Vey and Barnaby Okoro-Lyle",
        authors=(VEY, OKORO),
    )
)

FLOODWALL = Story.published(
    "floodwall",
    at("10:30:10"),
    "a flood wall",
    PageState(
        path="/news/flood-wall-at-wen-quay-passes-its-first-test-4512025",
        headline="Flood wall at Wen Quay passes its first test",
        standfirst="Engineers filled the dock to see if the wall would hold.",
        byline="By Barnaby Okoro-Lyle",
        authors=(OKORO,),
        paragraphs=text(
            """
            A flood wall at Wen Quay has passed its first test, two winters late.

            Engineers filled the dock behind it with river water on Thursday and left it for 12 hours.

            The level fell by less than the width of a hand, which project manager Leocadia Prowse called
            “dry enough for anybody”.

            The gates will be handed over to the harbour office in June.
            """
        ),
        published=at("10:30:10"),
        section="News",
        template=Template.META,
        topics=("Flooding", "Ternbridge"),
        pictures=(Picture("wen-quay", "A concrete wall", "Leocadia Prowse, left, with the harbour master", "Kit Sandoval"),),
    ),
).silently(
    "13:40",
    "left was right: only the caption changes",
    "images",
    pictures=(Picture("wen-quay", "A concrete wall", "Leocadia Prowse, right, with the harbour master", "Kit Sandoval"),),
)

BAKERY = Story.published(
    "bakery",
    at("11:10"),
    "a bakery; it has an AMP twin, and the feed names the twin",
    PageState(
        path="/business/2025/05/09/bakery-brings-back-the-haughmere-bun/",
        amp_path="/business/2025/05/09/bakery-brings-back-the-haughmere-bun/amp/",
        headline="Bakery brings back the Haughmere bun",
        standfirst="The recipe had been lost since the old shop closed in 1974.",
        byline="By Clementine Vey",
        authors=(VEY,),
        paragraphs=text(
            """
            The Haughmere bun, last sold in 1974, is back on a counter in Fish Street.

            Baker Emrys Calloway found the recipe in the lining of a drawer and spent the winter on
            getting it right.

            It has currants, caraway and “more butter than I am going to tell you”, he said.

            The first batch of 60 was gone within the hour.
            """
        ),
        published=at("11:10"),
        modified=at("11:10"),
        section="Business",
        topics=("Food", "Haughmere"),
    ),
).updated(
    "13:20",
    "the second batch is gone too, on both twins",
    "body",
    ("The first batch of 60 was gone within the hour.", "Two batches of 60 had gone by noon."),
)

WEATHER = Story.published(
    "weather",
    at("15:00:05"),
    "the weekend's weather",
    PageState(
        path="/news/warm-weekend-ahead-with-a-chance-of-thunder-4512026",
        headline="Warm weekend ahead with a chance of thunder",
        standfirst="Saturday will be the warmest day of the year so far.",
        byline="By Barnaby Okoro-Lyle",
        authors=(OKORO,),
        paragraphs=text(
            """
            Saturday is expected to be the warmest day of the year so far, with 23C in Haughmere by the
            middle of the afternoon.

            It will not last: there is a chance of thunder from the west on Sunday evening, and Monday
            will be ten degrees cooler.

            Pollen levels are high and will stay so until the rain comes.

            The river is low for the time of year and canoeists are asked to keep off the weir.
            """
        ),
        published=at("15:00:05"),
        section="News",
        template=Template.META,
        topics=("Weather",),
    ),
).restamped("18:00:30", "a first stamp over the same text")

STORIES = (MUSEUM, ALLOTMENT, SCHOOL, INQUIRY, HOSPITAL, FLOODWALL, BAKERY, WEATHER)
