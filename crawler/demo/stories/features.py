"""All that is not plain news: live blog, gallery, video, advertising, syndicated copy, and addresses that change."""

from __future__ import annotations

from crawler.demo.story import PageState, Picture, Story, Template, at, text
from pipelines.article import Author, Kind

OAKHANGER = Author("Callum Oakhanger")
LINDQVIST = Author("Asha Lindqvist")
RENWICK = Author("Tobias Renwick", role="Political Correspondent", agency="PA")

LIVE = (
    Story.published(
        "live",
        at("17:30"),
        "a live blog opens",
        PageState(
            path="/sport/haughmere-town-v-priors-lyd-play-off-final-live-4512031",
            headline="Haughmere Town v Priors Lyd: play-off final live",
            standfirst="Follow the final of the Wenshire League play-offs as it happens.",
            byline="By Callum Oakhanger",
            authors=(OAKHANGER,),
            paragraphs=text(
                """
                Haughmere Town and Priors Lyd meet at Fishpond Lane tonight for a place in the county
                league.

                Kick-off is at 7pm. The ground holds 1,900 and every seat has been sold.
                """
            ),
            published=at("17:30"),
            modified=at("17:30"),
            section="Sport",
            kind=Kind.LIVE,
            topics=("Football", "Haughmere Town"),
        ),
    )
    .posted(
        "18:20",
        "the teams",
        "The teams are in",
        "Captain Joss Ferriby is fit again and starts for Town, who make three changes. Lyd are unchanged.",
    )
    .posted(
        "19:40",
        "a goal",
        "Goal! Town 1-0 Lyd",
        "Ferriby turns in a corner at the second attempt, and the old stand shakes as it has not done for years.",
    )
    .posted(
        "20:55",
        "the end, and a new headline",
        "Full time: Town 1-0 Lyd",
        "It is over. Town go up, and there are people on the pitch who have not run since school.",
        changed="headline body",
        headline="Haughmere Town 1-0 Priors Lyd: Town win play-off final",
    )
    .posted(
        "22:00",
        "the manager speaks",
        "‘I am going to sit down now’",
        "Manager Una Threlfall said that she was proud of every one of them, and that she was going to sit down now.",
    )
)

_FLOATS = (
    ("parade-1", "Dancers in green", "The parade sets off from Castle Gate"),
    ("parade-2", "A brass band", "Coldhatch Silver Band on Fish Street"),
    ("parade-3", "A girl on stilts", "Nine-year-old Mabli Stroud, who learned to walk on stilts in a week"),
    ("parade-4", "A dragon of willow", "The willow dragon needed 14 people to carry it"),
    ("parade-5", "A crowd by a river", "Crowds on the quay as the boats came in"),
    ("parade-6", "Lanterns at dusk", "Lanterns on the weir at dusk"),
    ("parade-7", "A sleeping dog", "Not everybody stayed awake for the fireworks"),
    ("parade-8", "Fireworks", "Fireworks over the castle"),
)
_PARADE = tuple(Picture(name, alt, caption, "Asha Lindqvist") for name, alt, caption in _FLOATS)

GALLERY = Story.published(
    "gallery",
    at("18:30", -1),
    "a gallery from Thursday",
    PageState(
        path="/whats-on/gallery/in-pictures-haughmere-river-parade-4511983",
        headline="In pictures: Haughmere river parade",
        standfirst="Thousands lined the quay for the 60th river parade.",
        byline="By Asha Lindqvist",
        authors=(LINDQVIST,),
        paragraphs=text(
            """
            Thousands lined the quay on Thursday for the 60th river parade. Were you there?
            """
        ),
        published=at("18:30", -1),
        modified=at("18:30", -1),
        section="What's On",
        kind=Kind.GALLERY,
        pictures=_PARADE[:6],
        topics=("River parade",),
    ),
).updated("09:50", "two more pictures", "images", pictures=_PARADE)

VIDEO = Story.published(
    "video",
    at("14:00"),
    "a video",
    PageState(
        path="/news/video/watch-drone-footage-of-the-timber-yard-fire-4512032",
        headline="Watch: drone footage of the timber yard fire",
        standfirst="Footage taken at noon shows the damage to the sawmill.",
        byline="By Asha Lindqvist",
        authors=(LINDQVIST,),
        paragraphs=text(
            """
            Footage taken by a reader at noon on Friday shows that the roof of the sawmill has fallen in.
            """
        ),
        published=at("14:00"),
        modified=at("14:00"),
        section="News",
        kind=Kind.VIDEO,
        topics=("Fire", "Video"),
    ),
)

SPONSORED = (
    Story.published(
        "sponsored",
        at("13:00:30", -1),
        "paid for by a shop",
        PageState(
            path="/sponsored/five-ways-to-sleep-better-this-summer-4511950",
            headline="Five ways to sleep better this summer",
            standfirst="Advertisement feature from Amberley Beds of Ternbridge.",
            byline="Sponsored by Amberley Beds",
            authors=(),
            paragraphs=text(
                """
                Long evenings are a joy, but they can make it harder to drop off. Here is what the
                team at Amberley Beds would do.

                Hang heavier curtains, and hang them wide of the window, so that no light comes round
                the edge.

                Turn the mattress with the seasons: a firm side for winter, a cooler one for summer.

                Come and lie down on one of ours. The kettle is always on at our shop in Mill Yard,
                Ternbridge.
                """
            ),
            published=at("13:00:30", -1),
            section="Sponsored",
            template=Template.META,
            kind=Kind.SPONSORED,
        ),
    )
    .taken_down("10:00", "the campaign is stopped, 410", 410)
    .back_unchanged("16:50", "the campaign goes on: the same text; the sitemap says modified", touched=True)
)

PUB = Story.published(
    "pub",
    at("19:30:15"),
    "a pub is saved",
    PageState(
        path="/whats-on/villagers-raise-enough-to-buy-the-plough-4512033",
        headline="Villagers raise enough to buy the Plough",
        standfirst="Shares were sold at £50 each to people as far away as Nova Scotia.",
        byline="By Callum Oakhanger",
        authors=(OAKHANGER,),
        paragraphs=text(
            """
            The last pub in Coldhatch has been saved by the people who drink in it.

            Villagers have raised £318,000 in shares of £50, enough to buy the Plough from the brewery
            that shut it in January.

            Among the 911 owners are two former landlords and a man in Nova Scotia who once spent a wet
            afternoon there.

            It will open again in time for the harvest, with a shop in the skittle alley.
            """
        ),
        published=at("19:30:15"),
        section="What's On",
        template=Template.META,
        topics=("Pubs", "Coldhatch"),
    ),
).updated("21:40:12", "a late count of the shares", "body", ("£318,000", "£331,500"), ("911 owners", "964 owners"))

TOWPATH = Story.published(
    "towpath",
    at("15:30", -1),
    "from Thursday; an address without a number",
    PageState(
        path="/news/2025/05/08/towpath-shut-for-a-month/",
        headline="Towpath to be shut for a month",
        standfirst="Walkers will be sent round by Mill Yard while the bank is mended.",
        byline="By Callum Oakhanger",
        authors=(OAKHANGER,),
        paragraphs=text(
            """
            The towpath between Wen Quay and the old lock will be shut for a month while the bank is
            mended.

            Walkers will be sent round by Mill Yard, which adds about ten minutes, and cyclists by the
            ring road.

            The canal trust said that badgers had dug under the path in three places and would not be
            disturbed.

            Boats will be able to pass at all times.
            """
        ),
        published=at("15:30", -1),
        modified=at("15:30", -1),
        section="News",
        topics=("Canal", "Ternbridge"),
    ),
).moved("12:20", "a new address, and the old one redirects", "/news/2025/05/08/canal-towpath-to-be-shut-for-a-month/")

MARKET = Story.published(
    "market",
    at("17:10", -1),
    "from Thursday",
    PageState(
        path="/whats-on/night-market-to-return-to-castle-gate-4511975",
        headline="Night market to return to Castle Gate",
        standfirst="Forty stalls are expected on the last Friday of the month.",
        byline="By Asha Lindqvist",
        authors=(LINDQVIST,),
        paragraphs=text(
            """
            The night market will return to Castle Gate on the last Friday of the month.

            Forty stalls are expected, among them a knife grinder, two cheesemakers and a woman who mends
            umbrellas.

            The road will be closed to traffic from 4pm until midnight.

            Stallholders who would like a pitch should write to the town hall by 16 May.
            """
        ),
        published=at("17:10", -1),
        modified=at("17:10", -1),
        section="What's On",
        topics=("Markets", "Haughmere"),
    ),
).taken_down("08:40", "gone without a word: 404 from here on", 404)

RAIL = (
    Story.published(
        "rail",
        at("06:50"),
        "syndicated copy",
        PageState(
            path="/uk-news/2025/05/09/vash-to-meet-rail-leaders-over-sleeper-trains/",
            headline="Vash to meet rail leaders over sleeper trains",
            standfirst="Eleanor Vash wants night trains back on four routes within two years.",
            byline="By contributor Tobias Renwick, PA Political Correspondent",
            authors=(RENWICK,),
            paragraphs=text(
                """
                Eleanor Vash will meet the heads of six rail companies on Friday as she presses for
                the return of sleeper trains.

                The Transport Secretary is seeking firms willing to run night services on four routes
                – an idea that one operator has called “a museum on wheels”.

                Ms Vash said on Thursday that the companies had “asked for certainty, and they will
                get it”.

                Her opposite number, Duncan Aldous, said it was “very odd” to announce a timetable
                before a track.

                The first new carriages would not be built before 2027, it is understood.

                Officials from three devolved governments took part in talks on Wednesday about who
                would pay.
                """
            ),
            published=at("06:50"),
            modified=at("06:50"),
            section="UK News",
            template=Template.WIRE,
            topics=("Rail", "Politics"),
            pictures=(
                Picture(
                    "vash",
                    "Transport Secretary Eleanor Vash",
                    "Transport Secretary Eleanor Vash has promised ‘certainty’ to rail companies",
                    "PA",
                ),
                Picture("sleeper", "Sleeper trains", "A sleeper train at a platform at dusk", "Dana Whitlow/PA"),
            ),
        ),
    )
    .updated(
        "09:20",
        "the meeting has begun",
        "body",
        ("will meet the heads of six rail companies on Friday", "has begun talks with the heads of six rail companies"),
        add=("“Nobody under 40 remembers being woken by a tray of tea in another country,” she told reporters.",),
    )
    .updated(
        "12:45",
        "the outcome: headline, standfirst and text",
        "headline description body",
        ("The first new carriages would not be built before 2027", "The first new carriages will be built by 2027"),
        headline="Two rail firms agree to run sleeper trains, says Vash",
        standfirst="Night trains will be back on two routes by 2027, the Transport Secretary said.",
    )
)

STORIES = (LIVE, GALLERY, VIDEO, SPONSORED, PUB, TOWPATH, MARKET, RAIL)
