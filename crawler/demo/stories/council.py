"""The council desk: stamps that move over the same words, a rollback, a new slug, and a digit changed in silence."""

from __future__ import annotations

from crawler.demo.story import PageState, Picture, Story, Template, at, text
from pipelines.article import Author

QUILL = Author("Rosalind Quill")
DARE = Author("Humphrey Dare")

RESERVOIR = Story.published(
    "reservoir",
    at("14:20", -2),
    "from Wednesday",
    PageState(
        path="/news/coldhatch-reservoir-wall-to-be-rebuilt-4511871",
        headline="Coldhatch reservoir wall to be rebuilt",
        standfirst="Work on the Victorian wall will start after the nesting season.",
        byline="By Rosalind Quill",
        authors=(QUILL,),
        paragraphs=text(
            """
            The wall of the Victorian reservoir above Coldhatch will be rebuilt at a cost of £2.4 million.

            Inspectors found last autumn that water was passing through the stonework in 17 places, though
            they said that there was no danger to the village.

            Work will begin in August, once the nesting season is over, and the footpath along the top
            will be closed for 14 weeks.

            Anglers who hold a season ticket will be able to fish at Wen Pool instead.
            """
        ),
        published=at("14:20", -2),
        modified=at("14:20", -2),
        section="News",
        topics=("Coldhatch", "Water"),
        pictures=(Picture("reservoir", "A stone wall and water", "The wall of Coldhatch reservoir in April", "Asha Lindqvist"),),
    ),
).silently("11:15", "the price grows by half a million", "body", ("£2.4 million", "£2.9 million"))

BINS = Story.published(
    "bins",
    at("12:10:41", -1),
    "from Thursday; nothing happens to it",
    PageState(
        path="/news/when-your-bins-are-collected-after-the-holiday-4511962",
        headline="When your bins are collected after the holiday",
        standfirst="Collections run a day late in most of the district.",
        byline="By Humphrey Dare",
        authors=(DARE,),
        paragraphs=text(
            """
            Bin collections in most of the district will run one day late until the end of next week.

            Crews did not work on the bank holiday Monday, and the council says that they will catch up by
            Saturday 17 May.

            Garden waste, which is taken every other Thursday, is not affected.

            Anybody whose bin has not been emptied by 6pm on the new day is asked to leave it out
            overnight and to report it in the morning.
            """
        ),
        published=at("12:10:41", -1),
        section="News",
        template=Template.PRINTED,
        topics=("Council",),
    ),
)

PLANNING = (
    Story.published(
        "planning",
        at("19:05", -1),
        "from Thursday evening",
        PageState(
            path="/news/plans-for-26-homes-at-weir-lane-go-to-committee-4511990",
            headline="Plans for 26 homes at Weir Lane go to committee",
            standfirst="Neighbours have written 112 letters about a field on the edge of Haughmere.",
            byline="By Rosalind Quill",
            authors=(QUILL,),
            paragraphs=text(
                """
                Plans to build 26 homes on a field at Weir Lane will be decided by councillors on
                Wednesday.

                Planning officers say that the scheme should be approved, but neighbours have written
                112 letters, most of them against.

                ## ‘It floods every winter’

                Maud Ellery, who has lived in the lane for 40 years, said: “It floods every winter. I
                have seen swans on it.”

                The builder, Tansley and Rowe, said that a pond and two ditches would carry the water
                away.
                """
            ),
            published=at("19:05", -1),
            modified=at("19:05", -1),
            section="News",
            topics=("Planning", "Haughmere"),
        ),
    )
    .taken_down("12:30", "a fault of the site: 404, though the sitemap still names it", 404, listed=True)
    .back_unchanged("13:50", "the fault is mended", touched=False)
)

TAX = (
    Story.published(
        "tax",
        at("08:00"),
        "council tax",
        PageState(
            path="/news/what-the-new-parish-charge-means-for-you-4512011",
            headline="What the new parish charge means for you",
            standfirst="Households in nine parishes pay more from this month.",
            byline="By Humphrey Dare",
            authors=(DARE,),
            paragraphs=text(
                """
                Households in nine parishes will see a new line on their council tax bill from this
                month.

                The charge pays for street lamps, verges and two village halls, and comes to £1.18 a
                week for a house in band D.

                Parish clerk Oonagh Tresilian said that bills would be sent out “in three batches, not
                all at once”.

                Those who pay by direct debit do not need to do anything.
                """
            ),
            published=at("08:00"),
            modified=at("08:00"),
            section="News",
            topics=("Council tax",),
        ),
    )
    .restamped("09:45", "a newer stamp, and not one letter changed")
    .restamped("14:50", "and again")
)

BYPASS = (
    Story.published(
        "bypass",
        at("10:50"),
        "the bypass",
        PageState(
            path="/news/second-bridge-for-bypass-moves-closer-4512012",
            headline="Second bridge for bypass moves closer",
            standfirst="A committee has backed a second bridge over the Wen at Ternbridge.",
            byline="By Rosalind Quill and Humphrey Dare",
            authors=(QUILL, DARE),
            paragraphs=text(
                """
                A second bridge over the Wen at Ternbridge has moved a step closer after a vote on
                Friday morning.

                Members of the highways committee agreed by seven votes to four to ask the government
                for £31 million.

                The bridge would carry the bypass over the river downstream of the weir, and would
                take about three years to build.

                Opponents said that it would bring lorries past the primary school.
                """
            ),
            published=at("10:50"),
            modified=at("10:50"),
            section="News",
            topics=("Roads", "Ternbridge"),
        ),
    )
    .updated(
        "12:25",
        "a recount",
        "headline body",
        ("by seven votes to four", "by six votes to five"),
        headline="Second bridge for bypass backed by one vote",
    )
    .reverted(
        "14:25",
        "the edit is rolled back with its stamp; certain once it has stayed",
        "headline body",
        to=0,
        stamp="old",
    )
)

LIBRARY = Story.published(
    "library",
    at("08:10"),
    "the library",
    PageState(
        path="/news/libary-to-open-on-sundays-4512013",
        headline="Libary to open on Sundays",
        standfirst="Haughmere’s library will open seven days a week from June.",
        byline="By Humphrey Dare",
        authors=(DARE,),
        paragraphs=text(
            """
            Haughmere’s library will open on Sundays from June, the first time since it was built in 1906.

            Volunteers will run the desk between 11am and 3pm, and there will be no fines for books
            brought back on a Sunday.

            Librarian Peregrine Nash said that 43 people had put their names down to help.

            A trial will last until the end of October, when councillors will look at the figures.
            """
        ),
        published=at("08:10"),
        modified=at("08:10"),
        section="News",
        topics=("Library", "Haughmere"),
    ),
).updated(
    "10:55",
    "the headline is spelt right, and the slug follows; the number in the address stays",
    "headline",
    headline="Library to open on Sundays",
    path="/news/library-to-open-on-sundays-4512013",
)

LATE = Story.published(
    "late",
    at("22:50"),
    "the last story of the day",
    PageState(
        path="/news/council-leader-to-step-down-in-june-4512014",
        headline="Council leader to step down in June",
        standfirst="Idris Fenwick has led Wenshire Council for six years.",
        byline="By Rosalind Quill",
        authors=(QUILL,),
        paragraphs=text(
            """
            The leader of Wenshire Council, Idris Fenwick, told colleagues on Friday night that he would
            step down in June.

            Councillor Fenwick, who has led the authority for six years, said that it was time “to see
            more of my garden and less of my inbox”.

            He will stay on as a councillor for Priors Lyd until the election in 2027.

            His group will choose a new leader on 12 June.
            """
        ),
        published=at("22:50"),
        modified=at("22:50"),
        section="News",
        topics=("Council",),
    ),
)

STORIES = (RESERVOIR, BINS, PLANNING, TAX, BYPASS, LIBRARY, LATE)
